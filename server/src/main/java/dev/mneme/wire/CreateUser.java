package dev.mneme.wire;

/** A user who is to be made. */
public record CreateUser(String name, String organizationId) {}
