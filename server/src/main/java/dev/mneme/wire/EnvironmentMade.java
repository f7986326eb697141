package dev.mneme.wire;

/** A machine was noted. wsUrl is empty: this server keeps no connection to machines. */
public record EnvironmentMade(String connectionId, String wsUrl) {}
