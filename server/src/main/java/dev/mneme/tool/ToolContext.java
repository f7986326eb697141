package dev.mneme.tool;

import org.jspecify.annotations.Nullable;

/** Who calls. now: microseconds, the time of this step. */
public record ToolContext(
        String organizationId,
        String agentId,
        String threadId,
        @Nullable String conversationId,
        String timezone,
        long now) {}
