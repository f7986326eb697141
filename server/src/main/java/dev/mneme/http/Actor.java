package dev.mneme.http;

/** On whose behalf a request acts. */
public record Actor(String org, String userId) {}
