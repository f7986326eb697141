package dev.mneme.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which runs to list. Empty lists and nulls do not filter. after and before are run ids, relative to the chosen order. */
public record RunFilter(
        List<String> agentIds,
        List<String> statuses,
        @Nullable Boolean background,
        @Nullable String stopReason,
        @Nullable String conversationId,
        @Nullable String after,
        @Nullable String before,
        boolean ascending,
        int limit) {}
