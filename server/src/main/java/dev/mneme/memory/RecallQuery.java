package dev.mneme.memory;

import dev.mneme.search.Query;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to look for in the history.
 *
 * @param text null or blank: everything, newest first
 * @param agentId null: all agents of the organisation
 * @param conversationId null: all threads
 * @param roles of user and assistant; empty: both. Nothing else is searched
 * @param from microseconds, inclusive, null: open; likewise until
 * @param limit messages, cut to 1 … {@value #MOST}
 */
public record RecallQuery(
        @Nullable String text,
        Query.Mode mode,
        @Nullable String agentId,
        @Nullable String conversationId,
        Set<String> roles,
        @Nullable Long from,
        @Nullable Long until,
        int limit) {
    /** Messages of one search: what the index gives at most. */
    public static final int MOST = 1_000;

    static final Set<String> SEARCHED = Set.of("user", "assistant");

    public RecallQuery {
        roles = roles.isEmpty()
                ? SEARCHED
                : Set.copyOf(roles.stream().filter(SEARCHED::contains).toList());
        limit = Math.clamp(limit, 1, MOST);
    }
}
