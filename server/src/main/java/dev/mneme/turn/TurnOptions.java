package dev.mneme.turn;

import dev.mneme.message.LlmConfig;
import dev.mneme.message.ToolSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request wants of its turn beside its messages (contract 02 §2); stored with the run so that it can start later.
 *
 * @param maxSteps model calls at most
 * @param streamTokens whether deltas are wanted
 * @param overrideModel a model for this turn only
 * @param overrideSystem sent to the model instead of the compiled prompt
 * @param clientTools tools that the caller runs itself; one shadows a tool of the agent with its name
 * @param skills text added to the request's system prompt and not stored, null: none
 * @param compactionMessages whether a compaction shows itself by messages of its own
 * @param logprobs whether the log probabilities of the answer are wanted
 * @param topLogprobs alternatives for each token, null: none
 */
public record TurnOptions(
        int maxSteps,
        boolean streamTokens,
        @Nullable LlmConfig overrideModel,
        @Nullable String overrideSystem,
        List<ToolSpec> clientTools,
        @Nullable String skills,
        boolean compactionMessages,
        boolean logprobs,
        @Nullable Integer topLogprobs) {
    /** Model calls when the caller says nothing (contract 02 §2). */
    public static final int DEFAULT_MAX_STEPS = 50;

    /** What a request without options wants. */
    public static final TurnOptions DEFAULTS =
            new TurnOptions(DEFAULT_MAX_STEPS, false, null, null, List.of(), null, false, false, null);

    public TurnOptions {
        clientTools = List.copyOf(clientTools);
    }

    public TurnOptions withMaxSteps(int steps) {
        return new TurnOptions(
                steps,
                streamTokens,
                overrideModel,
                overrideSystem,
                clientTools,
                skills,
                compactionMessages,
                logprobs,
                topLogprobs);
    }

    public TurnOptions withModel(LlmConfig model) {
        return new TurnOptions(
                maxSteps,
                streamTokens,
                model,
                overrideSystem,
                clientTools,
                skills,
                compactionMessages,
                logprobs,
                topLogprobs);
    }

    public TurnOptions withTokens(boolean stream) {
        return new TurnOptions(
                maxSteps,
                stream,
                overrideModel,
                overrideSystem,
                clientTools,
                skills,
                compactionMessages,
                logprobs,
                topLogprobs);
    }
}
