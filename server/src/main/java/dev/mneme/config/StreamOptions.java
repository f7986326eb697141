package dev.mneme.config;

/**
 * Server-sent events.
 *
 * @param pingSeconds seconds of quiet before a ping; 0: no pings
 */
public record StreamOptions(int pingSeconds) {}
