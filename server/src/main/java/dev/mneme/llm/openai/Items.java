package dev.mneme.llm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.llm.Endpoint;
import dev.mneme.llm.Failures;
import dev.mneme.llm.ModelEvent;
import dev.mneme.message.Content;
import dev.mneme.message.ToolCall;
import dev.mneme.message.Usage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The items of one answer of the Responses language: told as they come, kept whole, in order and all of them. */
final class Items {
    /** Between the paragraphs of a summary of thoughts. */
    private static final String PARAGRAPH = "\n\n";

    /** Characters of a token, where a server counts none. */
    private static final int CHARS_PER_TOKEN = 4;

    private final Map<Integer, JsonNode> finished = new TreeMap<>();
    private final Map<Integer, Integer> slots = new HashMap<>();

    /** Items whose arguments were told in pieces. */
    private final Map<Integer, Boolean> argued = new HashMap<>();

    private boolean spoken;

    void begun(int index, JsonNode item, Collection<ModelEvent> told) {
        if (isCall(item) && !slots.containsKey(index)) {
            int slot = slots.size();
            slots.put(index, slot);
            told.add(new ModelEvent.CallDelta(
                    slot, item.path("call_id").asText(), item.path("name").asText(), null));
        }
    }

    void thoughtBegun(int paragraph, Collection<ModelEvent> told) {
        if (paragraph > 0) {
            told.add(new ModelEvent.ReasoningDelta(PARAGRAPH));
        }
    }

    void thought(String text, Collection<ModelEvent> told) {
        if (!text.isEmpty()) {
            told.add(new ModelEvent.ReasoningDelta(text));
        }
    }

    void said(String text, Collection<ModelEvent> told) {
        if (!text.isEmpty()) {
            spoken = true;
            told.add(new ModelEvent.TextDelta(text));
        }
    }

    void argued(int index, String piece, Collection<ModelEvent> told) {
        Integer slot = slots.get(index);
        if (slot != null && !piece.isEmpty()) {
            argued.put(index, true);
            told.add(new ModelEvent.CallDelta(slot, null, null, piece));
        }
    }

    /** An item is whole. A server that told nothing of it before is told of now. */
    void done(int index, JsonNode item, Collection<ModelEvent> told) {
        finished.put(index, item);
        begun(index, item, told);
        if (isCall(item) && !argued.containsKey(index)) {
            argued(index, item.path("arguments").asText(), told);
        }
        if (item.path("type").asText().equals("message") && !spoken) {
            said(text(item), told);
        }
        spoken = false;
    }

    /** Everything that a whole answer says, as if it had come in pieces. */
    List<ModelEvent> told(JsonNode response) {
        List<ModelEvent> told = new ArrayList<>();
        int index = 0;
        for (JsonNode item : response.path("output")) {
            if (item.path("type").asText().equals("reasoning")) {
                thought(thoughts(item), told);
            }
            done(index++, item, told);
        }
        return told;
    }

    /** The whole; a failure if the model said nothing. */
    ModelEvent.Done whole(JsonNode response, Endpoint at, int requestLength) {
        List<Content> content = new ArrayList<>();
        List<ToolCall> calls = new ArrayList<>();
        boolean says = false;
        Iterable<JsonNode> items = finished.isEmpty() ? response.path("output") : finished.values();
        for (JsonNode item : items) {
            switch (item.path("type").asText()) {
                case "reasoning" -> {
                    String vendor = ResponsesRequest.vendor(item);
                    String thoughts = thoughts(item);
                    if (vendor != null || !thoughts.isEmpty()) {
                        content.add(new Content.Reasoning(true, thoughts, null, vendor));
                    }
                }
                case "message" -> {
                    String text = text(item);
                    if (!text.isEmpty()) {
                        content.add(new Content.Text(text));
                        says = true;
                    }
                }
                case "function_call" -> {
                    String arguments = item.path("arguments").asText();
                    calls.add(new ToolCall(
                            item.path("call_id").asText(),
                            item.path("name").asText(),
                            arguments.isEmpty() ? "{}" : arguments));
                }
                default -> {
                    // tools of the provider that are never asked for
                }
            }
        }
        String why = response.path("incomplete_details").path("reason").asText();
        boolean truncated = why.equals("max_output_tokens");
        if (!says && calls.isEmpty() && !truncated) {
            throw why.equals("content_filter") ? Failures.filtered(at) : Failures.empty(at);
        }
        return new ModelEvent.Done(content, calls, truncated, usage(response.path("usage"), content, requestLength));
    }

    private static boolean isCall(JsonNode item) {
        return item.path("type").asText().equals("function_call");
    }

    private static String text(JsonNode item) {
        StringBuilder out = new StringBuilder();
        for (JsonNode part : item.path("content")) {
            out.append(part.path("text").asText()).append(part.path("refusal").asText());
        }
        return out.toString();
    }

    /** The summary; of open models the thoughts themselves. */
    private static String thoughts(JsonNode item) {
        List<String> paragraphs = new ArrayList<>();
        for (JsonNode part : item.path("summary").isEmpty() ? item.path("content") : item.path("summary")) {
            paragraphs.add(part.path("text").asText());
        }
        return String.join(PARAGRAPH, paragraphs);
    }

    private static Usage usage(JsonNode usage, List<Content> content, int requestLength) {
        if (!usage.isObject()) {
            int in = requestLength / CHARS_PER_TOKEN + 1;
            int out = content.toString().length() / CHARS_PER_TOKEN + 1;
            return new Usage(in, out, in + out, null, null, null);
        }
        int in = usage.path("input_tokens").asInt();
        int out = usage.path("output_tokens").asInt();
        return new Usage(
                in,
                out,
                usage.path("total_tokens").asInt(in + out),
                count(usage.path("input_tokens_details").path("cached_tokens")),
                null,
                count(usage.path("output_tokens_details").path("reasoning_tokens")));
    }

    private static @Nullable Integer count(JsonNode number) {
        return number.isNumber() ? Integer.valueOf(number.asInt()) : null;
    }
}
