package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A model (contract 09 §3): the deprecated llm_config keys and the newer ones. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ModelView(
        @Nullable String handle,
        String name,
        String displayName,
        String providerType,
        String providerName,
        String modelType,
        int maxContextWindow,
        String model,
        String modelEndpointType,
        @Nullable String modelEndpoint,
        @Nullable String providerCategory,
        @Nullable String modelWrapper,
        int contextWindow,
        @Nullable Boolean putInnerThoughtsInKwargs,
        @Nullable Double temperature,
        @Nullable Integer maxTokens,
        boolean enableReasoner,
        @Nullable String reasoningEffort,
        int maxReasoningTokens,
        @Nullable String effort,
        @Nullable Double frequencyPenalty,
        @Nullable String compatibilityType,
        @Nullable String verbosity,
        @Nullable String tier,
        @Nullable Boolean parallelToolCalls,
        @Nullable JsonNode responseFormat,
        @Nullable Boolean strict,
        boolean returnLogprobs,
        @Nullable Integer topLogprobs,
        boolean returnTokenIds,
        @Nullable String toolCallParser) {}
