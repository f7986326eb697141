package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** What may change in an environment value; null leaves it as it is. */
public record ModifyVariable(
        @Nullable String key,
        @Nullable String value,
        @Nullable String description) {}
