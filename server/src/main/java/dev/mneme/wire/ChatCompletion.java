package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An agent's answer in OpenAI's chat language. created: seconds since 1970 UTC. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ChatCompletion(
        String id,
        List<Choice> choices,
        long created,
        String model,
        String object,
        @Nullable String serviceTier,
        @Nullable String systemFingerprint,
        ChatUsage usage) {
    /** The one answer. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Choice(String finishReason, int index, Said message) {}

    /** What was said. */
    public record Said(String content, String role) {}

    /** Tokens of all model calls of the turn. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record ChatUsage(int completionTokens, int promptTokens, int totalTokens) {}
}
