package dev.mneme.tool.mcp;

import org.jspecify.annotations.Nullable;

/**
 * A server that people registered.
 *
 * @param failure why the last connection came to nothing, null: it did not fail
 * @param createdAt microseconds since 1970 UTC
 */
public record McpServer(
        String id, String name, McpConfig config, @Nullable String failure, long createdAt) {}
