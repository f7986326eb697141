package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** A value for the environment of every tool. */
public record CreateVariable(
        String key, String value, @Nullable String description) {}
