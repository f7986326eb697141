package dev.mneme.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The model of an agent and how to call it. The JSON names and their order are the contract's llm_config (09 §3).
 *
 * @param handle {@code provider/model}; the endpoint is resolved from its provider at each call, never frozen here
 * @param modelEndpoint informative for server-configured providers; meaningful when the caller wrote it
 * @param contextWindow tokens
 * @param maxTokens limit of one answer, null: the model's own
 * @param parallelToolCalls with false only the first call of an answer counts
 */
public record LlmConfig(
        String model,
        @JsonProperty("display_name") @Nullable String displayName,
        @JsonProperty("model_endpoint_type") String modelEndpointType,
        @JsonProperty("model_endpoint") @Nullable String modelEndpoint,
        @JsonProperty("provider_name") @Nullable String providerName,
        @JsonProperty("provider_category") @Nullable String providerCategory,
        @JsonProperty("model_wrapper") @Nullable String modelWrapper,
        @JsonProperty("context_window") int contextWindow,

        @JsonProperty("put_inner_thoughts_in_kwargs") @Nullable
        Boolean putInnerThoughtsInKwargs,

        @Nullable String handle,
        @Nullable Double temperature,
        @JsonProperty("max_tokens") @Nullable Integer maxTokens,
        @JsonProperty("enable_reasoner") boolean enableReasoner,
        @JsonProperty("reasoning_effort") @Nullable String reasoningEffort,
        @JsonProperty("max_reasoning_tokens") int maxReasoningTokens,
        @Nullable String effort,
        @JsonProperty("frequency_penalty") @Nullable Double frequencyPenalty,
        @JsonProperty("compatibility_type") @Nullable String compatibilityType,
        @Nullable String verbosity,
        @Nullable String tier,
        @JsonProperty("parallel_tool_calls") @Nullable Boolean parallelToolCalls,
        @JsonProperty("response_format") @Nullable JsonNode responseFormat,
        @Nullable Boolean strict,
        @JsonProperty("return_logprobs") boolean returnLogprobs,
        @JsonProperty("top_logprobs") @Nullable Integer topLogprobs,
        @JsonProperty("return_token_ids") boolean returnTokenIds,
        @JsonProperty("tool_call_parser") @Nullable String toolCallParser) {
    /** Endpoints whose answers hold what the model thought. */
    private static final Set<String> OPEN_MINDED =
            Set.of("anthropic", "bedrock", "minimax", "google_ai", "google_vertex");

    public LlmConfig {
        // what is stored as null reads as a node that says null
        responseFormat = responseFormat == null || responseFormat.isNull() ? null : responseFormat;
    }

    /** Whether the model itself thinks before it answers. With thoughts asked for in calls the switch stands on for those alone. */
    public boolean thinksItself() {
        return enableReasoner && !Boolean.TRUE.equals(putInnerThoughtsInKwargs);
    }

    /** Whether an answer without a thought may have had one all the same: these endpoints show theirs whenever there are any. */
    public boolean hidesThoughts() {
        return thinksItself() && !OPEN_MINDED.contains(modelEndpointType);
    }

    /** The same for one call that wants its answer in this form, and its log probabilities or not. */
    public LlmConfig asking(@Nullable JsonNode form, boolean logprobs, @Nullable Integer top) {
        return new LlmConfig(
                model,
                displayName,
                modelEndpointType,
                modelEndpoint,
                providerName,
                providerCategory,
                modelWrapper,
                contextWindow,
                putInnerThoughtsInKwargs,
                handle,
                temperature,
                maxTokens,
                enableReasoner,
                reasoningEffort,
                maxReasoningTokens,
                effort,
                frequencyPenalty,
                compatibilityType,
                verbosity,
                tier,
                parallelToolCalls,
                form,
                strict,
                logprobs,
                top,
                returnTokenIds,
                toolCallParser);
    }
}
