package dev.mneme.llm;

import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import org.jspecify.annotations.Nullable;

/** Makes configs with the contract's defaults (01 §4.1, 09 §3). Pure. */
final class Configs {
    /** Tokens of thinking for models that think within a budget. */
    static final int REASONING_BUDGET = 1_024;

    /** Characters of a chunk, and texts of one request, as clients of the retired server know them. */
    private static final int CHUNK_SIZE = 300;

    private static final int BATCH_SIZE = 32;

    private Configs() {}

    static LlmConfig llm(
            String handle,
            String model,
            String endpointType,
            @Nullable String endpoint,
            String providerName,
            int window,
            int maxTokens) {
        return new LlmConfig(
                model,
                null,
                endpointType,
                endpoint,
                providerName,
                "base",
                null,
                window,
                false,
                handle,
                1.0,
                maxTokens,
                false,
                null,
                0,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                false,
                false,
                null,
                false,
                null);
    }

    static EmbeddingConfig embedding(
            String handle, String model, String endpointType, @Nullable String endpoint, int dimensions) {
        return new EmbeddingConfig(
                endpointType, endpoint, model, dimensions, CHUNK_SIZE, handle, BATCH_SIZE, null, null, null);
    }

    /** The config with the model's thinking on or off; models that always think stay on, models that never do stay off. */
    static LlmConfig reasoning(LlmConfig config, Catalogue.@Nullable Entry entry, boolean wanted) {
        String kind = entry == null || entry.reasoning() == null ? "none" : entry.reasoning();
        String effort = entry == null ? null : entry.effort();
        return switch (kind) {
            case "openai" ->
                thinking(
                        config,
                        true,
                        config.reasoningEffort() == null ? effort : config.reasoningEffort(),
                        0,
                        null,
                        config.model().contains("gpt-5") ? "medium" : null);
            case "anthropic" -> {
                int budget = config.maxReasoningTokens() > 0 ? config.maxReasoningTokens() : REASONING_BUDGET;
                yield thinking(config, wanted, null, wanted ? budget : 0, effort, null);
            }
            case "switch" -> thinking(config, wanted, null, 0, null, null);
            case "google" -> {
                // Pro cannot be stopped thinking; where a level is told instead of a budget, none is set.
                boolean on = wanted || config.model().contains("pro");
                boolean levels = !config.model().contains("2.5");
                int budget = config.maxReasoningTokens() > 0 ? config.maxReasoningTokens() : REASONING_BUDGET;
                yield thinking(config, on, config.reasoningEffort(), on && !levels ? budget : 0, null, null);
            }
            case "adaptive" -> thinking(config, wanted, null, 0, effort, null);
            default -> thinking(config, false, null, 0, null, null);
        };
    }

    /** The config of a local model whose weights are stored in this way. */
    static LlmConfig compatible(LlmConfig c, @Nullable String type) {
        return type == null
                ? c
                : new LlmConfig(
                        c.model(),
                        c.displayName(),
                        c.modelEndpointType(),
                        c.modelEndpoint(),
                        c.providerName(),
                        c.providerCategory(),
                        c.modelWrapper(),
                        c.contextWindow(),
                        c.putInnerThoughtsInKwargs(),
                        c.handle(),
                        c.temperature(),
                        c.maxTokens(),
                        c.enableReasoner(),
                        c.reasoningEffort(),
                        c.maxReasoningTokens(),
                        c.effort(),
                        c.frequencyPenalty(),
                        type,
                        c.verbosity(),
                        c.tier(),
                        c.parallelToolCalls(),
                        c.responseFormat(),
                        c.strict(),
                        c.returnLogprobs(),
                        c.topLogprobs(),
                        c.returnTokenIds(),
                        c.toolCallParser());
    }

    /** The config of a model like that one, at a provider that an organisation has its own key for. */
    static LlmConfig owned(LlmConfig alike, String handle, String endpoint, String providerName) {
        return new LlmConfig(
                alike.model(),
                alike.displayName(),
                alike.modelEndpointType(),
                endpoint,
                providerName,
                OwnModels.CATEGORY,
                alike.modelWrapper(),
                alike.contextWindow(),
                alike.putInnerThoughtsInKwargs(),
                handle,
                alike.temperature(),
                alike.maxTokens(),
                alike.enableReasoner(),
                alike.reasoningEffort(),
                alike.maxReasoningTokens(),
                alike.effort(),
                alike.frequencyPenalty(),
                alike.compatibilityType(),
                alike.verbosity(),
                alike.tier(),
                alike.parallelToolCalls(),
                alike.responseFormat(),
                alike.strict(),
                alike.returnLogprobs(),
                alike.topLogprobs(),
                alike.returnTokenIds(),
                alike.toolCallParser());
    }

    /** The config as it is shown in the list of models. */
    static LlmConfig listed(LlmConfig c) {
        return new LlmConfig(
                c.model(),
                c.model(),
                c.modelEndpointType(),
                c.modelEndpoint(),
                c.providerName(),
                c.providerCategory(),
                c.modelWrapper(),
                c.contextWindow(),
                c.putInnerThoughtsInKwargs(),
                c.handle(),
                c.temperature(),
                c.maxTokens(),
                true,
                null,
                0,
                null,
                null,
                c.compatibilityType(),
                null,
                null,
                c.parallelToolCalls(),
                null,
                c.strict(),
                false,
                null,
                false,
                null);
    }

    /** Another model's config with what the first one's agent wants of any model: how calls are made and what the answer looks like. */
    static LlmConfig inPlaceOf(LlmConfig first, LlmConfig other) {
        return new LlmConfig(
                other.model(),
                other.displayName(),
                other.modelEndpointType(),
                other.modelEndpoint(),
                other.providerName(),
                other.providerCategory(),
                other.modelWrapper(),
                other.contextWindow(),
                first.putInnerThoughtsInKwargs(),
                other.handle(),
                first.temperature(),
                other.maxTokens(),
                other.enableReasoner(),
                other.reasoningEffort(),
                other.maxReasoningTokens(),
                other.effort(),
                null,
                null,
                other.verbosity(),
                null,
                first.parallelToolCalls(),
                first.responseFormat(),
                first.strict(),
                first.returnLogprobs(),
                first.topLogprobs(),
                first.returnTokenIds(),
                null);
    }

    private static LlmConfig thinking(
            LlmConfig c,
            boolean on,
            @Nullable String reasoningEffort,
            int budget,
            @Nullable String effort,
            @Nullable String verbosity) {
        return new LlmConfig(
                c.model(),
                c.displayName(),
                c.modelEndpointType(),
                c.modelEndpoint(),
                c.providerName(),
                c.providerCategory(),
                c.modelWrapper(),
                c.contextWindow(),
                c.putInnerThoughtsInKwargs(),
                c.handle(),
                c.temperature(),
                c.maxTokens(),
                on,
                reasoningEffort,
                budget,
                c.effort() == null ? effort : c.effort(),
                c.frequencyPenalty(),
                c.compatibilityType(),
                c.verbosity() == null ? verbosity : c.verbosity(),
                c.tier(),
                c.parallelToolCalls(),
                c.responseFormat(),
                c.strict(),
                c.returnLogprobs(),
                c.topLogprobs(),
                c.returnTokenIds(),
                c.toolCallParser());
    }
}
