package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** What changes of a user; null stays. */
public record ModifyUser(
        String id, @Nullable String name, @Nullable String organizationId) {}
