package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** A package that a tool needs. version: exactly this one. */
public record PackageWish(String name, @Nullable String version) {}
