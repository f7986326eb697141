package dev.mneme.agent;

import org.jspecify.annotations.Nullable;

/**
 * Which groups to list.
 *
 * @param agentId groups that this agent belongs to or manages
 * @param limit rows, 0: all
 */
public record GroupFilter(
        @Nullable ManagerType managerType,
        @Nullable String projectId,
        @Nullable String agentId,
        boolean showHidden,
        @Nullable String before,
        @Nullable String after,
        int limit,
        boolean ascending) {
    /** Rows of a list when nobody says otherwise (contract 08 §8.2). */
    public static final int DEFAULT_LIMIT = 50;
}
