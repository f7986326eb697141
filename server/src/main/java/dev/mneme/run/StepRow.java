package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step as stored: one model call and the tools that it asked for. projectId: of its agent. Durations in nanoseconds. */
public record StepRow(
        String id,
        String agentId,
        String runId,
        @Nullable String projectId,
        String status,
        @Nullable String stopReason,
        @Nullable String providerName,
        @Nullable String providerCategory,
        @Nullable String model,
        @Nullable String modelHandle,
        @Nullable String modelEndpoint,
        @Nullable Integer contextWindowLimit,
        @Nullable Integer promptTokens,
        @Nullable Integer completionTokens,
        @Nullable Integer totalTokens,
        @Nullable Integer cachedInputTokens,
        @Nullable Integer cacheWriteTokens,
        @Nullable Integer reasoningTokens,
        @Nullable String errorType,
        @Nullable JsonNode errorData,
        @Nullable String feedback,
        List<String> tags,
        @Nullable Long llmRequestNs,
        @Nullable Long toolExecutionNs,
        @Nullable Long stepNs,
        long createdAt) {}
