package dev.mneme.llm.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One answer of the messages language as it arrives, streamed or whole. One thread. */
final class MessagesStream implements ModelStream {
    /** A block under construction; blocks are kept verbatim and in order. */
    private static final class Block {
        final String type;
        final String id;
        final String name;
        final int call;
        final StringBuilder text = new StringBuilder();
        final StringBuilder signature = new StringBuilder();

        Block(JsonNode start, int call) {
            this.type = start.path("type").asText();
            this.id = start.path("id").asText();
            this.name = start.path("name").asText();
            this.call = call;
        }
    }

    private final Answer answer;
    private final AnthropicMessages.Events events;
    private final boolean streamed;
    private final boolean deltas;
    private final Map<Integer, Block> blocks = new TreeMap<>();
    private final Queue<ModelEvent> ready = new ArrayDeque<>();
    private @Nullable JsonNode startUsage;
    private @Nullable JsonNode endUsage;
    private String stop = "";
    private int calls;

    /**
     * @param streamed whether a stream was asked for; a provider that answers whole all the same is understood
     * @param deltas whether deltas are wanted
     */
    MessagesStream(Answer answer, AnthropicMessages.Events events, boolean streamed, boolean deltas) {
        this.answer = answer;
        this.events = events;
        this.streamed = streamed;
        this.deltas = deltas;
    }

    @Override
    public ModelEvent next() {
        while (ready.isEmpty()) {
            if (!streamed || answer.isJson()) {
                whole();
            } else {
                piece();
            }
            if (!deltas) {
                ready.removeIf(event -> !(event instanceof ModelEvent.Done));
            }
        }
        return ready.remove();
    }

    @Override
    public void close() {
        answer.close();
    }

    private void whole() {
        String body = answer.text();
        JsonNode tree = parsed(body);
        if (!tree.path("content").isArray()) {
            throw Failures.garbage(answer.endpoint(), body);
        }
        int index = 0;
        for (JsonNode block : tree.get("content")) {
            start(index, block);
            if (block.path("input").isObject()) {
                append(index, block.get("input").toString());
            }
            index++;
        }
        stop = tree.path("stop_reason").asText("");
        startUsage = tree.path("usage");
        ready.add(done());
    }

    private void piece() {
        String event = events.next();
        if (event == null) {
            if (stop.isEmpty()) {
                throw events.stray().isEmpty()
                        ? Failures.cut(answer.endpoint(), null)
                        : Failures.garbage(answer.endpoint(), events.stray());
            }
            ready.add(done());
            return;
        }
        JsonNode data = parsed(event);
        int index = data.path("index").asInt();
        switch (data.path("type").asText()) {
            case "message_start" -> startUsage = data.path("message").path("usage");
            case "content_block_start" -> start(index, data.path("content_block"));
            case "content_block_delta" -> delta(index, data.path("delta"));
            case "message_delta" -> {
                stop = data.path("delta").path("stop_reason").asText(stop);
                endUsage = data.path("usage");
            }
            case "message_stop" -> ready.add(done());
            default -> {
                // pings, the ends of blocks, and whatever the provider adds: its language asks to pass them over
            }
        }
    }

    /** A block begins; its text may come with it, or later in pieces. */
    private void start(int index, JsonNode content) {
        boolean isCall = content.path("type").asText().equals("tool_use");
        Block block = new Block(content, isCall ? calls++ : -1);
        blocks.put(index, block);
        switch (block.type) {
            case "tool_use" -> ready.add(new ModelEvent.CallDelta(block.call, block.id, block.name, null));
            case "redacted_thinking" -> block.text.append(content.path("data").asText());
            case "thinking" -> {
                block.signature.append(content.path("signature").asText());
                append(index, content.path("thinking").asText());
            }
            case "text" -> append(index, content.path("text").asText());
            default -> {
                // blocks of features that are never asked for
            }
        }
    }

    private void delta(int index, JsonNode delta) {
        Block block = blocks.get(index);
        if (block == null) {
            throw Failures.garbage(answer.endpoint(), "a piece of a block that never began");
        }
        switch (delta.path("type").asText()) {
            case "text_delta" -> append(index, delta.path("text").asText());
            case "thinking_delta" -> append(index, delta.path("thinking").asText());
            case "input_json_delta" -> append(index, delta.path("partial_json").asText());
            case "signature_delta" ->
                block.signature.append(delta.path("signature").asText());
            default -> {
                // citations and whatever else is added
            }
        }
    }

    private void append(int index, String text) {
        Block block = blocks.get(index);
        if (block == null || text.isEmpty()) {
            return;
        }
        block.text.append(text);
        switch (block.type) {
            case "text" -> ready.add(new ModelEvent.TextDelta(text));
            case "thinking" -> ready.add(new ModelEvent.ReasoningDelta(text));
            case "tool_use" -> ready.add(new ModelEvent.CallDelta(block.call, null, null, text));
            default -> {
                // other blocks are not shown
            }
        }
    }

    private ModelEvent.Done done() {
        List<Content> content = new ArrayList<>();
        List<ToolCall> made = new ArrayList<>();
        boolean says = false;
        for (Block block : blocks.values()) {
            String text = block.text.toString();
            String signature = block.signature.isEmpty() ? null : block.signature.toString();
            switch (block.type) {
                case "text" -> {
                    if (!text.isEmpty()) {
                        content.add(new Content.Text(text));
                        says = true;
                    }
                }
                case "thinking" -> content.add(new Content.Reasoning(text, signature));
                case "redacted_thinking" -> content.add(new Content.RedactedReasoning(text));
                case "tool_use" -> made.add(new ToolCall(block.id, block.name, text.isEmpty() ? "{}" : text));
                default -> {
                    // other blocks are not kept
                }
            }
        }
        boolean truncated = stop.equals("max_tokens") || stop.equals("model_context_window_exceeded");
        if (!says && made.isEmpty() && !truncated) {
            throw stop.equals("refusal") ? Failures.filtered(answer.endpoint()) : Failures.empty(answer.endpoint());
        }
        return new ModelEvent.Done(content, made, truncated, usage());
    }

    private Usage usage() {
        Integer cached = some(count("cache_read_input_tokens"));
        Integer written = some(count("cache_creation_input_tokens"));
        Integer fresh = count("input_tokens");
        Integer said = count("output_tokens");
        int in = (fresh == null ? 0 : fresh) + (cached == null ? 0 : cached) + (written == null ? 0 : written);
        int out = said == null ? 0 : said;
        return new Usage(in, out, in + out, cached, written, null);
    }

    /** No tokens of a cache are none that were told of (contract 03 §4). */
    private static @Nullable Integer some(@Nullable Integer tokens) {
        return tokens == null || tokens == 0 ? null : tokens;
    }

    /** The later report counts: it corrects the one from the start. */
    private @Nullable Integer count(String name) {
        if (endUsage != null && endUsage.path(name).isNumber()) {
            return endUsage.get(name).asInt();
        }
        return startUsage != null && startUsage.path(name).isNumber()
                ? Integer.valueOf(startUsage.get(name).asInt())
                : null;
    }

    private JsonNode parsed(String text) {
        JsonNode tree;
        try {
            tree = Json.parse(text);
        } catch (JsonProcessingException e) {
            throw Failures.garbage(answer.endpoint(), text);
        }
        if (!tree.isObject()) {
            throw Failures.garbage(answer.endpoint(), text);
        }
        if (tree.path("type").asText().equals("error") || tree.hasNonNull("error")) {
            throw Failures.inStream(answer.endpoint(), tree);
        }
        return tree;
    }
}
