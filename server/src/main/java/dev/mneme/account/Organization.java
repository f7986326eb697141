package dev.mneme.account;

/**
 * Those who share agents.
 *
 * @param createdAt microseconds since 1970 UTC
 * @param privilegedTools kept for clients; this server's tools know no privileges
 */
public record Organization(String id, String name, long createdAt, boolean privilegedTools) {}
