package dev.mneme.tool.mcp;

import java.time.Duration;

/**
 * How servers are spoken to.
 *
 * @param version of this server, which it introduces itself with
 * @param stdio whether programs of this machine may be started as servers
 * @param connect until a server has introduced itself
 * @param discovery until it has listed its tools
 * @param call until a tool has answered
 */
public record McpOptions(String version, boolean stdio, Duration connect, Duration discovery, Duration call) {}
