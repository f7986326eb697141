package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** The name of the new template; null for one by chance. */
public record ForkTemplate(@Nullable String name) {}
