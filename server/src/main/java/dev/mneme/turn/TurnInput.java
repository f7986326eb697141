package dev.mneme.turn;

import dev.mneme.message.LlmConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a turn is about. Its input rows are already stored and in the context.
 *
 * @param firstStepId the step that the input rows carry
 * @param maxSteps model calls at most
 * @param streamTokens whether deltas are wanted
 * @param overrideModel a model for this turn only
 * @param overrideSystem sent to the model instead of the compiled prompt
 */
public record TurnInput(
        String organizationId,
        String userId,
        String runId,
        String agentId,
        String threadId,
        @Nullable String conversationId,
        String firstStepId,
        int maxSteps,
        boolean streamTokens,
        @Nullable LlmConfig overrideModel,
        @Nullable String overrideSystem) {}
