package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** Tokens of a run (contract 12.3). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RunUsage(
        int completionTokens,
        int promptTokens,
        int totalTokens,
        @Nullable JsonNode promptTokensDetails,
        @Nullable JsonNode completionTokensDetails) {}
