package dev.mneme.llm.anthropic.bedrock;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.Answer;
import dev.mneme.llm.Failures;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.anthropic.AnthropicMessages;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The events of the messages language, each inside a frame of AWS. One thread. */
final class FramedEvents implements AnthropicMessages.Events {
    private final Answer answer;
    private final EventFrames frames;

    FramedEvents(Answer answer) {
        this.answer = answer;
        this.frames = new EventFrames(answer::bytes);
    }

    @Override
    public @Nullable String next() {
        try {
            EventFrames.Frame frame = frames.next();
            if (frame == null) {
                return null;
            }
            JsonNode payload = Json.parse(frame.payload());
            if (!frame.headers().getOrDefault(":message-type", "event").equals("event")) {
                throw failure(frame, payload);
            }
            return new String(Base64.getDecoder().decode(payload.path("bytes").asText()), StandardCharsets.UTF_8);
        } catch (EventFrames.BadFrame | JsonProcessingException | IllegalArgumentException e) {
            throw Failures.garbage(answer.endpoint(), String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String stray() {
        return "";
    }

    /** An exception of AWS inside the stream, as the status that it would have had outside. */
    private ModelException failure(EventFrames.Frame frame, JsonNode payload) {
        String type = frame.headers().getOrDefault(":exception-type", "");
        int status = switch (type) {
            case "throttlingException" -> 429;
            case "validationException" -> 400;
            case "accessDeniedException" -> 403;
            case "modelTimeoutException" -> 408;
            case "serviceUnavailableException" -> 503;
            default -> 500;
        };
        return Failures.status(
                answer.endpoint(),
                status,
                type.isEmpty()
                        ? payload.toString()
                        : Json.object().put("type", type).set("error", payload).toString());
    }
}
