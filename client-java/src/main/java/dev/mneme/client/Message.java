package dev.mneme.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One message, or one piece of a stream.
 *
 * @param type of the wire: {@code assistant_message}, {@code reasoning_message}, {@code tool_call_message},
 *     {@code tool_return_message}, {@code approval_request_message}, {@code stop_reason}, {@code usage_statistics}, {@code ping}, …
 * @param text what is said, thought or returned; empty where there is none
 * @param calls the tools that are called, or wait to be
 * @param runId empty where it belongs to no run
 * @param seq its number in the run's log, 0 where it has none
 * @param json everything that the server sent
 */
public record Message(String type, String text, List<Call> calls, String runId, long seq, JsonNode json) {
    /** arguments: JSON; of a stream of tokens, a piece of it. */
    public record Call(String id, String name, String arguments) {}

    static Message of(JsonNode json) {
        String type = json.path("message_type").asText("");
        String field = switch (type) {
            case "reasoning_message" -> "reasoning";
            case "tool_return_message" -> "tool_return";
            default -> "content";
        };
        List<Call> calls = new ArrayList<>();
        JsonNode several = json.path("tool_calls");
        if (several.isArray()) {
            several.forEach(call -> calls.add(call(call)));
        } else if (json.path("tool_call").isObject()) {
            calls.add(call(json.path("tool_call")));
        }
        return new Message(
                type,
                text(json.path(field)),
                List.copyOf(calls),
                json.path("run_id").asText(""),
                json.path("seq_id").asLong(0),
                json);
    }

    private static Call call(JsonNode json) {
        return new Call(
                json.path("tool_call_id").asText(""),
                json.path("name").asText(""),
                json.path("arguments").asText(""));
    }

    /** Plain, or in parts of which some may be images. */
    private static String text(JsonNode content) {
        if (!content.isArray()) {
            return content.isNull() ? "" : content.asText("");
        }
        StringBuilder all = new StringBuilder();
        content.forEach(part -> all.append(part.path("text").asText("")));
        return all.toString();
    }
}
