package dev.mneme.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a turn brought.
 *
 * @param stopReason why it ended: {@code end_turn}, {@code requires_approval}, {@code max_steps}, {@code cancelled}, …
 * @param promptTokens counted by the model's provider, over all steps
 * @param completionTokens likewise
 */
public record Reply(List<Message> messages, String stopReason, long promptTokens, long completionTokens) {
    static Reply of(JsonNode json) {
        List<Message> messages = new ArrayList<>();
        json.path("messages").forEach(message -> messages.add(Message.of(message)));
        JsonNode usage = json.path("usage");
        return new Reply(
                List.copyOf(messages),
                json.path("stop_reason").path("stop_reason").asText(""),
                usage.path("prompt_tokens").asLong(0),
                usage.path("completion_tokens").asLong(0));
    }

    /** What the agent said to the user, one line a message. */
    public String text() {
        return messages.stream()
                .filter(message -> message.type().equals("assistant_message"))
                .map(Message::text)
                .collect(Collectors.joining("\n"));
    }

    /** The calls that wait for this program or for a person. */
    List<Message.Call> waiting() {
        return messages.isEmpty() || !stopReason.equals("requires_approval")
                ? List.of()
                : messages.get(messages.size() - 1).calls();
    }
}
