package dev.mneme.memory;

import dev.mneme.base.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Which stored messages a list shows.
 *
 * @param agentId null: all agents of the organisation
 * @param conversation null: all threads; {@code default}: the rows of no conversation; otherwise the id of one
 * @param before a message id that the page lies before, after likewise
 * @param limit rows; 0: none (contract 03 §5)
 * @param ascending the oldest rows of the range, otherwise the newest
 */
public record MessageQuery(
        @Nullable String agentId,
        @Nullable String conversation,
        @Nullable String groupId,
        @Nullable String runId,
        @Nullable String before,
        @Nullable String after,
        int limit,
        boolean ascending,
        Style style) {
    /** The rows of an agent's default thread. */
    public static final String DEFAULT_CONVERSATION = "default";

    /** How cursors and order behave: three kinds of list differ (contract 03 §5, §6, §7). */
    public enum Style {
        /** Lists of an agent and of the organisation: cursors in time, pages always oldest first, unknown cursor refused. */
        AGENT,
        /** Lists of a conversation: cursors in time, pages in the order asked for, unknown cursor ignored. */
        CONVERSATION,
        /** Lists of a run: cursors relative to the order, pages in that order, unknown cursor refused. */
        RUN
    }

    public MessageQuery {
        if (limit < 0) {
            throw Problem.unprocessable("limit must be 0 or greater, not " + limit);
        }
    }

    /** A page of an agent's history; agentId null: of the organisation's. */
    public static MessageQuery ofAgent(
            @Nullable String agentId,
            @Nullable String conversation,
            @Nullable String before,
            @Nullable String after,
            int limit,
            boolean ascending) {
        return new MessageQuery(agentId, conversation, null, null, before, after, limit, ascending, Style.AGENT);
    }
}
