package dev.mneme.config;

/**
 * How servers of the Model Context Protocol are spoken to.
 *
 * @param stdio whether programs of this machine may be started as servers
 * @param connectSeconds until a server has introduced itself
 * @param listSeconds until it has listed its tools
 * @param callSeconds until a tool has answered
 */
public record ServerTools(boolean stdio, int connectSeconds, int listSeconds, int callSeconds) {}
