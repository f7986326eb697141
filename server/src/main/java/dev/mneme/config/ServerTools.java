package dev.mneme.config;

import org.jspecify.annotations.Nullable;

/**
 * How servers of the Model Context Protocol are spoken to.
 *
 * @param stdio whether programs of this machine may be started as servers
 * @param connectSeconds until a server has introduced itself
 * @param listSeconds until it has listed its tools
 * @param callSeconds until a tool has answered
 * @param endpoint at which browsers reach this server, without a slash at the end; null: not told
 */
public record ServerTools(
        boolean stdio,
        int connectSeconds,
        int listSeconds,
        int callSeconds,
        @Nullable String endpoint) {}
