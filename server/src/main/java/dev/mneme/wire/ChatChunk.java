package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A piece of an answer in OpenAI's chat language (contract 12.5). usage: only in the chunk after the last piece, if it was asked for. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ChatChunk(
        String id,
        List<Piece> choices,
        long created,
        String model,
        String object,
        @Nullable String serviceTier,
        @Nullable String systemFingerprint,
        ChatCompletion.@Nullable ChatUsage usage) {
    /** The one answer's next piece. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Piece(
            Delta delta,
            @Nullable String finishReason,
            int index,
            @Nullable JsonNode logprobs) {}

    /** What is new. role: only in the first piece. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Delta(
            @Nullable String content,
            @Nullable JsonNode functionCall,
            @Nullable String refusal,
            @Nullable String role,
            @Nullable JsonNode toolCalls) {}
}
