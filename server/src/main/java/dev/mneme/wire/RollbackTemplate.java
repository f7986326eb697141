package dev.mneme.wire;

/** Goes back to a saved version: a number, or latest. */
public record RollbackTemplate(String version) {}
