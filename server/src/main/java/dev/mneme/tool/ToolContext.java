package dev.mneme.tool;

import org.jspecify.annotations.Nullable;

/** Who calls, in which run, on whose behalf. now: microseconds, the time of this step. */
public record ToolContext(
        String organizationId,
        String userId,
        String runId,
        String agentId,
        String threadId,
        @Nullable String conversationId,
        String timezone,
        long now) {}
