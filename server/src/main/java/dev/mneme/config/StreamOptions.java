package dev.mneme.config;

/**
 * Server-sent events, and how long answers are waited for.
 *
 * @param pingSeconds seconds of quiet before a ping; 0: no pings
 * @param approvalSeconds seconds after which an unanswered request for approval is denied; 0: never
 */
public record StreamOptions(int pingSeconds, int approvalSeconds) {}
