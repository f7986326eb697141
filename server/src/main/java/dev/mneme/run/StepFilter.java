package dev.mneme.run;

import org.jspecify.annotations.Nullable;

/** Which steps to list. Nulls do not filter. from is inclusive, until exclusive, in microseconds. */
public record StepFilter(
        @Nullable String agentId,
        @Nullable String runId,
        @Nullable String model,
        @Nullable String feedback,
        @Nullable Boolean hasFeedback,
        @Nullable Long from,
        @Nullable Long until,
        @Nullable String after,
        @Nullable String before,
        boolean ascending,
        int limit) {}
