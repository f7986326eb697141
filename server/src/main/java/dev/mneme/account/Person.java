package dev.mneme.account;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who acts: a user and the organisation that their rows belong to.
 *
 * @param createdAt microseconds since 1970 UTC, likewise updatedAt
 * @param updatedAt null: never changed
 */
public record Person(
        String id,
        String organizationId,
        String name,
        long createdAt,
        @Nullable Long updatedAt) {}
