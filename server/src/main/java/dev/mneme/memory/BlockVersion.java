package dev.mneme.memory;

import org.jspecify.annotations.Nullable;

/**
 * What a block held before one of its changes.
 *
 * @param version the block's number while it held this, from 1
 * @param limit in characters
 * @param replacedAt when the change came, in microseconds
 * @param replacedById the user who made the change; null: an agent, by a tool
 */
public record BlockVersion(
        long version,
        String label,
        String value,
        int limit,
        @Nullable String description,
        long replacedAt,
        @Nullable String replacedById) {}
