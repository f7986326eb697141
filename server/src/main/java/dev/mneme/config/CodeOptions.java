package dev.mneme.config;

import org.jspecify.annotations.Nullable;

/**
 * How code of tools runs.
 *
 * @param isolation jail, process or off
 * @param network whether it reaches public addresses
 * @param memoryBytes of one call, at most
 * @param seconds that one call may take
 * @param python the interpreter, null: python3 on the path
 * @param mcp tools of other servers
 */
public record CodeOptions(
        String isolation,
        boolean network,
        long memoryBytes,
        int seconds,
        @Nullable String python,
        ServerTools mcp) {}
