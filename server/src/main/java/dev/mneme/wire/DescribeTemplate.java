package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** Another name or description of a template. */
public record DescribeTemplate(
        @Nullable String newName, @Nullable String description) {}
