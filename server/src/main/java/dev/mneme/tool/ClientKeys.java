package dev.mneme.tool;

import org.jspecify.annotations.Nullable;

/** Short-lived keys with which the code of a tool calls this server as the agent that called it. Thread-safe. */
@FunctionalInterface
public interface ClientKeys {
    /** A key for this call, null: code of tools gets none. */
    @Nullable
    String issue(ToolContext context);
}
