package dev.mneme.llm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.Failures;
import dev.mneme.llm.ModelEvent;
import dev.mneme.message.Content;
import dev.mneme.message.ToolCall;
import dev.mneme.message.Usage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts an answer together from a message or from the pieces of a stream, forgiving what compatible servers do differently. */
final class Collected {
    /** Characters of a token, where a server counts none. */
    private static final int CHARS_PER_TOKEN = 4;

    private static final class Call {
        final String id;
        final String name;
        final StringBuilder arguments = new StringBuilder();

        Call(String id, String name) {
            this.id = id;
            this.name = name;
        }
    }

    private final StringBuilder reasoning = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final Details details = new Details();
    private final ArrayNode logprobs = Json.array();
    private final List<Call> calls = new ArrayList<>();
    private final Map<Integer, Integer> slots = new HashMap<>();
    private @Nullable Usage usage;
    private @Nullable String finish;

    boolean finished() {
        return finish != null;
    }

    /** A choice's delta (or whole message) as events; usage and finish reason are kept. */
    List<ModelEvent> take(JsonNode chunk) {
        List<ModelEvent> events = new ArrayList<>();
        if (chunk.path("usage").isObject()) {
            usage = usage(chunk.get("usage"));
        }
        JsonNode choice = chunk.path("choices").path(0);
        JsonNode said = choice.has("delta") ? choice.get("delta") : choice.path("message");
        details.take(said);
        String thought = word(said, "reasoning_content");
        thought = thought.isEmpty() ? word(said, "reasoning") : thought;
        thought += parts(said.path("content"), "thinking");
        if (!thought.isEmpty()) {
            reasoning.append(thought);
            events.add(new ModelEvent.ReasoningDelta(thought));
        }
        String visible = word(said, "content") + parts(said.path("content"), "text") + word(said, "refusal");
        if (!visible.isEmpty()) {
            text.append(visible);
            events.add(new ModelEvent.TextDelta(visible));
        }
        int position = 0;
        for (JsonNode piece : said.path("tool_calls")) {
            call(piece, position++, events);
        }
        if (choice.path("logprobs").path("content") instanceof ArrayNode tokens) {
            logprobs.addAll(tokens);
        }
        String reason = word(choice, "finish_reason");
        if (!reason.isEmpty()) {
            finish = reason;
        }
        return events;
    }

    private void call(JsonNode piece, int position, List<ModelEvent> events) {
        int index = piece.path("index").asInt(position);
        String id = word(piece, "id");
        JsonNode function = piece.path("function");
        String name = word(function, "name");
        int slot = slots.getOrDefault(index, -1);
        // Some servers number every call 0: a new id with a name is a new call.
        boolean fresh = slot < 0
                || (!id.isEmpty() && !name.isEmpty() && !calls.get(slot).id.equals(id));
        if (fresh) {
            slot = calls.size();
            slots.put(index, slot);
            String given = id.isEmpty() ? "call_" + IdKind.uuid().toString().replace("-", "") : id;
            calls.add(new Call(given, name));
            events.add(new ModelEvent.CallDelta(slot, given, name, null));
        }
        JsonNode arguments = function.path("arguments");
        String more = arguments.isTextual() ? arguments.asText() : arguments.isObject() ? arguments.toString() : "";
        if (!more.isEmpty()) {
            calls.get(slot).arguments.append(more);
            events.add(new ModelEvent.CallDelta(slot, null, null, more));
        }
    }

    /** The whole; a failure if the model said nothing. */
    ModelEvent.Done done(Endpoint at, int requestLength) {
        boolean truncated = "length".equals(finish);
        // Thoughts alone are let through: small models write their calls among them.
        if (text.isEmpty() && calls.isEmpty() && reasoning.isEmpty() && !truncated) {
            throw "content_filter".equals(finish) ? Failures.filtered(at) : Failures.empty(at);
        }
        List<Content> content = new ArrayList<>();
        String vendor = details.vendor();
        if (!reasoning.isEmpty() || vendor != null) {
            content.add(new Content.Reasoning(true, reasoning.toString(), null, vendor));
        }
        if (!text.isEmpty()) {
            content.add(new Content.Text(text.toString()));
        }
        List<ToolCall> whole = new ArrayList<>();
        for (Call call : calls) {
            whole.add(new ToolCall(call.id, call.name, call.arguments.isEmpty() ? "{}" : call.arguments.toString()));
        }
        return new ModelEvent.Done(
                content,
                whole,
                truncated,
                usage == null ? estimate(requestLength) : usage,
                logprobs.isEmpty() ? null : Json.object().set("content", logprobs));
    }

    private Usage estimate(int requestLength) {
        int in = requestLength / CHARS_PER_TOKEN + 1;
        int said = text.length() + reasoning.length();
        for (Call call : calls) {
            said += call.name.length() + call.arguments.length();
        }
        int out = said / CHARS_PER_TOKEN + 1;
        return new Usage(in, out, in + out, null, null, null);
    }

    private static Usage usage(JsonNode usage) {
        int in = usage.path("prompt_tokens").asInt();
        int out = usage.path("completion_tokens").asInt();
        return new Usage(
                in,
                out,
                usage.path("total_tokens").asInt(in + out),
                count(usage.path("prompt_tokens_details").path("cached_tokens")),
                null,
                count(usage.path("completion_tokens_details").path("reasoning_tokens")));
    }

    private static @Nullable Integer count(JsonNode number) {
        return number.isNumber() ? Integer.valueOf(number.asInt()) : null;
    }

    /** Mistral writes content in parts: {@code [{"type":"thinking","thinking":[{"type":"text","text":…}]},{"type":"text","text":…}]}. */
    private static String parts(JsonNode content, String type) {
        StringBuilder out = new StringBuilder();
        if (content.isArray()) {
            for (JsonNode part : content) {
                if (part.path("type").asText().equals(type)) {
                    JsonNode inner = part.path(type);
                    out.append(inner.isArray() ? parts(inner, "text") : inner.asText());
                }
            }
        }
        return out.toString();
    }

    private static String word(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isTextual() ? value.asText() : "";
    }
}
