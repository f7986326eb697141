package dev.mneme.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.run.LogReader;
import dev.mneme.run.LogRecord;
import dev.mneme.wire.ChatChunk;
import dev.mneme.wire.ChatCompletion;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run's log retold in OpenAI's chat language: what the agent says, piece by piece, without its thoughts and tools (contract 12.5). One
 * reader's, confined to its thread.
 */
final class ChatStream {
    private static final String PARAGRAPH = "\n\n";

    private final Head head;
    private final boolean withUsage;
    private final SseWriter out;
    private boolean begun;
    private boolean broken;
    private @Nullable String speaking;
    private String finish = "stop";
    private ChatCompletion.@Nullable ChatUsage usage;

    /** What every chunk carries. */
    record Head(String id, long created, String model) {}

    ChatStream(Head head, boolean withUsage, SseWriter out) {
        this.head = head;
        this.withUsage = withUsage;
        this.out = out;
    }

    /** Copies the log to its end. quiet: after so long without a record a comment keeps the connection alive. */
    void copy(LogReader log, Duration quiet) {
        Duration wait = quiet.isZero() ? Duration.ofMinutes(1) : quiet;
        while (true) {
            LogRecord record = log.next(wait);
            if (record == null && log.ended()) {
                return;
            }
            if (record == null) {
                out.comment();
            } else if (record.data().equals(LogRecord.DONE)) {
                end();
            } else {
                tell(record);
            }
        }
    }

    private void tell(LogRecord record) {
        JsonNode event = parsed(record.data());
        if (record.error()) {
            out.data(Json.write(error(event)));
            broken = true;
            return;
        }
        switch (event.path("message_type").asText("")) {
            case LettaMessages.ASSISTANT -> say(event.path("id").asText(), text(event.path("content")));
            case "stop_reason" -> finish = finish(event.path("stop_reason").asText(""));
            case "usage_statistics" ->
                usage = new ChatCompletion.ChatUsage(
                        event.path("completion_tokens").asInt(),
                        event.path("prompt_tokens").asInt(),
                        event.path("total_tokens").asInt());
            default -> {
                // thoughts, calls and returns are the agent's own
            }
        }
    }

    /** Texts of different messages are paragraphs of one answer. */
    private void say(String messageId, String text) {
        if (text.isEmpty()) {
            return;
        }
        boolean another = speaking != null && !speaking.equals(messageId);
        speaking = messageId;
        chunk(another ? PARAGRAPH + text : text, null);
    }

    private void end() {
        if (!broken) {
            chunk(null, finish);
        }
        if (withUsage && usage != null) {
            out.data(Json.write(new ChatChunk(
                    head.id(), List.of(), head.created(), head.model(), "chat.completion.chunk", null, null, usage)));
        }
        out.done();
    }

    private void chunk(@Nullable String text, @Nullable String reason) {
        String role = begun || text == null ? null : "assistant";
        begun = true;
        ChatChunk.Piece piece = new ChatChunk.Piece(new ChatChunk.Delta(text, null, null, role, null), reason, 0, null);
        out.data(Json.write(new ChatChunk(
                head.id(), List.of(piece), head.created(), head.model(), "chat.completion.chunk", null, null, null)));
    }

    static String finish(String stopReason) {
        return stopReason.equals("max_tokens_exceeded") ? "length" : "stop";
    }

    /** The words in a message's content. */
    static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder out = new StringBuilder();
        content.forEach(part -> out.append(part.path("text").asText("")));
        return out.toString();
    }

    private static ObjectNode error(JsonNode event) {
        String detail = event.path("detail").asText("");
        ObjectNode out = Json.object();
        out.putObject("error")
                .put("message", detail.isEmpty() ? event.path("message").asText() : detail)
                .put("type", event.path("error_type").asText())
                .putNull("param")
                .putNull("code");
        return out;
    }

    private static JsonNode parsed(String data) {
        try {
            return Json.parse(data);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
