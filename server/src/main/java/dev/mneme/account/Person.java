package dev.mneme.account;

/** Somebody who acts: a user and the organisation that their rows belong to. */
public record Person(String id, String organizationId, String name, long createdAt) {}
