package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokens of one request (contract 03 §4). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record UsageView(
        String messageType,
        int completionTokens,
        int promptTokens,
        int totalTokens,
        int stepCount,
        @Nullable List<String> runIds,
        @Nullable Integer cachedInputTokens,
        @Nullable Integer cacheWriteTokens,
        @Nullable Integer reasoningTokens,
        @Nullable Integer contextTokens) {}
