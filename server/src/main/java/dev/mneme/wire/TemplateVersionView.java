package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A saved version of a template. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TemplateVersionView(
        String version, String createdAt, @Nullable String message, boolean isLatest) {}
