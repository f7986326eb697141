package dev.mneme.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which steps to list. Nulls and empty lists do not filter.
 *
 * @param tags any of these
 * @param traceIds as the trace of a run gives them
 * @param projectId of the step's agent
 * @param from inclusive, microseconds; until: exclusive
 */
public record StepFilter(
        @Nullable String agentId,
        @Nullable String runId,
        @Nullable String model,
        @Nullable String feedback,
        @Nullable Boolean hasFeedback,
        List<String> tags,
        List<String> traceIds,
        @Nullable String projectId,
        @Nullable Long from,
        @Nullable Long until,
        @Nullable String after,
        @Nullable String before,
        boolean ascending,
        int limit) {
    /** A page of the steps of one run. */
    public static StepFilter ofRun(
            String runId, @Nullable String after, @Nullable String before, boolean ascending, int limit) {
        return new StepFilter(
                null, runId, null, null, null, List.of(), List.of(), null, null, null, after, before, ascending, limit);
    }
}
