package dev.mneme.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which runs to list. Empty lists and nulls do not filter. after and before are run ids, relative to the chosen order.
 *
 * @param measures what runs did and how long they took
 */
public record RunFilter(
        List<String> agentIds,
        List<String> statuses,
        @Nullable Boolean background,
        @Nullable String stopReason,
        @Nullable String conversationId,
        @Nullable String after,
        @Nullable String before,
        boolean ascending,
        int limit,
        Measures measures) {
    /** Without a look at what runs did. */
    public RunFilter(
            List<String> agentIds,
            List<String> statuses,
            @Nullable Boolean background,
            @Nullable String stopReason,
            @Nullable String conversationId,
            @Nullable String after,
            @Nullable String before,
            boolean ascending,
            int limit) {
        this(
                agentIds,
                statuses,
                background,
                stopReason,
                conversationId,
                after,
                before,
                ascending,
                limit,
                Measures.NONE);
    }

    /** How a number is compared. */
    public enum Comparison {
        EQ,
        GTE,
        LTE,
        GT,
        LT
    }

    /** A number and how a run's own compares with it. */
    public record Bound(Comparison comparison, long value) {}

    /**
     * What runs did.
     *
     * @param projectId of the run's agent
     * @param templateFamily base_template_id of the run's agent
     * @param toolsUsed ids or names: runs that called any of them
     * @param from created then or later, microseconds; until: then or before
     * @param percentile 1 to 100: runs that took longer than this part of all that pass the other filters
     * @param duration in nanoseconds, of runs that have ended
     * @param byDuration ordered by duration instead of time; runs that have not ended count as the shortest
     */
    public record Measures(
            @Nullable String runId,
            @Nullable String projectId,
            @Nullable String templateFamily,
            @Nullable Bound steps,
            List<String> toolsUsed,
            @Nullable Long from,
            @Nullable Long until,
            @Nullable Integer percentile,
            @Nullable Bound duration,
            boolean byDuration) {
        /** Whatever they did. */
        public static final Measures NONE =
                new Measures(null, null, null, null, List.of(), null, null, null, null, false);
    }
}
