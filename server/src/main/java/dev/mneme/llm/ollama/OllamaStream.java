package dev.mneme.llm.ollama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.llm.Answer;
import dev.mneme.llm.Failures;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelStream;
import dev.mneme.message.Content;
import dev.mneme.message.ToolCall;
import dev.mneme.message.Usage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** One answer of {@code /api/chat}: a JSON object on each line, or a single one. One thread. */
final class OllamaStream implements ModelStream {
    /** Characters of a token, where Ollama counts none because it had the prompt already. */
    private static final int CHARS_PER_TOKEN = 4;

    private final Answer answer;
    private final boolean deltas;
    private final int requestLength;
    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final List<ToolCall> calls = new ArrayList<>();
    private final ArrayNode logprobs = Json.array();
    private final Queue<ModelEvent> ready = new ArrayDeque<>();

    OllamaStream(Answer answer, boolean deltas, int requestLength) {
        this.answer = answer;
        this.deltas = deltas;
        this.requestLength = requestLength;
    }

    @Override
    public ModelEvent next() {
        while (ready.isEmpty()) {
            String line = deltas ? answer.line() : answer.text();
            if (line == null) {
                throw Failures.cut(answer.endpoint(), null);
            }
            if (!line.isBlank()) {
                take(parsed(line), line);
            }
        }
        return ready.remove();
    }

    @Override
    public void close() {
        answer.close();
    }

    private void take(JsonNode chunk, String line) {
        JsonNode said = chunk.path("message");
        if (!said.isObject()) {
            throw Failures.garbage(answer.endpoint(), line);
        }
        List<ModelEvent> events = new ArrayList<>();
        String thought = said.path("thinking").asText("");
        if (!thought.isEmpty()) {
            reasoning.append(thought);
            events.add(new ModelEvent.ReasoningDelta(thought));
        }
        String visible = said.path("content").asText("");
        if (!visible.isEmpty()) {
            text.append(visible);
            events.add(new ModelEvent.TextDelta(visible));
        }
        for (JsonNode call : said.path("tool_calls")) {
            call(call, events);
        }
        if (chunk.path("logprobs") instanceof ArrayNode tokens) {
            logprobs.addAll(tokens);
        }
        if (deltas) {
            ready.addAll(events);
        }
        if (chunk.path("done").asBoolean()) {
            ready.add(done(chunk));
        } else if (!deltas) {
            throw Failures.cut(answer.endpoint(), null);
        }
    }

    private void call(JsonNode call, List<ModelEvent> events) {
        String given = call.path("id").asText("");
        String id = given.isEmpty() ? "call_" + IdKind.uuid().toString().replace("-", "") : given;
        JsonNode function = call.path("function");
        String name = function.path("name").asText();
        JsonNode arguments = function.path("arguments");
        String written =
                arguments.isTextual() ? arguments.asText() : arguments.isObject() ? arguments.toString() : "{}";
        events.add(new ModelEvent.CallDelta(calls.size(), id, name, null));
        events.add(new ModelEvent.CallDelta(calls.size(), null, null, written));
        calls.add(new ToolCall(id, name, written));
    }

    private ModelEvent.Done done(JsonNode last) {
        boolean truncated = last.path("done_reason").asText().equals("length");
        // Thoughts alone are let through: small models write their calls among them.
        if (text.isEmpty() && calls.isEmpty() && reasoning.isEmpty() && !truncated) {
            throw Failures.empty(answer.endpoint());
        }
        List<Content> content = new ArrayList<>();
        if (!reasoning.isEmpty()) {
            content.add(new Content.Reasoning(reasoning.toString(), null));
        }
        if (!text.isEmpty()) {
            content.add(new Content.Text(text.toString()));
        }
        int in = last.path("prompt_eval_count").asInt(requestLength / CHARS_PER_TOKEN + 1);
        int out = last.path("eval_count").asInt((text.length() + reasoning.length()) / CHARS_PER_TOKEN + 1);
        return new ModelEvent.Done(
                content,
                calls,
                truncated,
                new Usage(in, out, in + out, null, null, null),
                logprobs.isEmpty() ? null : Json.object().set("content", logprobs));
    }

    private JsonNode parsed(String line) {
        JsonNode tree;
        try {
            tree = Json.parse(line);
        } catch (JsonProcessingException e) {
            throw Failures.garbage(answer.endpoint(), line);
        }
        if (!tree.isObject()) {
            throw Failures.garbage(answer.endpoint(), line);
        }
        if (tree.hasNonNull("error")) {
            throw Failures.inStream(answer.endpoint(), tree);
        }
        return tree;
    }
}
