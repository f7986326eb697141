package dev.mneme.tool.sandbox;

import org.jspecify.annotations.Nullable;

/** A package that code needs, of the registry of its language (PyPI, npm). version: exactly this one, null: any. */
public record Requirement(String name, @Nullable String version) {}
