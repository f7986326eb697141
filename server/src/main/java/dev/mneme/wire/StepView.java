package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One model call and the tools that it asked for (contract 12.3). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record StepView(
        String id,
        @Nullable String origin,
        String organizationId,
        @Nullable String providerId,
        @Nullable String runId,
        @Nullable String agentId,
        @Nullable String providerName,
        @Nullable String providerCategory,
        @Nullable String model,
        @Nullable String modelHandle,
        @Nullable String modelEndpoint,
        @Nullable Integer contextWindowLimit,
        @Nullable Integer completionTokens,
        @Nullable Integer promptTokens,
        @Nullable Integer totalTokens,
        @Nullable Integer cachedInputTokens,
        @Nullable Integer cacheWriteTokens,
        @Nullable Integer reasoningTokens,
        @Nullable JsonNode completionTokensDetails,
        @Nullable JsonNode promptTokensDetails,
        @Nullable String stopReason,
        List<String> tags,
        @Nullable String tid,
        @Nullable String traceId,
        @Nullable String requestId,
        List<JsonNode> messages,
        @Nullable String feedback,
        @Nullable String projectId,
        @Nullable String errorType,
        @Nullable JsonNode errorData,
        String status) {}
