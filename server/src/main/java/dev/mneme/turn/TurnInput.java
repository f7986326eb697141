package dev.mneme.turn;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a turn is about. Its input rows are already stored and in the context.
 *
 * @param threadId the agent's id, or the conversation's
 * @param conversationId null in the agent's default thread
 * @param firstStepId the step that the input rows carry
 * @param afterAnswer messages that came with an answer to an approval request, to be stored behind its returns; null when the turn does
 *     not begin with an answer
 */
public record TurnInput(
        String organizationId,
        String userId,
        String runId,
        String agentId,
        String threadId,
        @Nullable String conversationId,
        String firstStepId,
        TurnOptions options,
        @Nullable List<InputMessage> afterAnswer) {
    /** The same turn with other options. */
    TurnInput with(TurnOptions others) {
        return new TurnInput(
                organizationId, userId, runId, agentId, threadId, conversationId, firstStepId, others, afterAnswer);
    }
}
