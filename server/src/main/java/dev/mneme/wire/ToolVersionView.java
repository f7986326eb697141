package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** What a tool was before its source was replaced. version counts from 1. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ToolVersionView(
        String toolId,
        int version,
        @Nullable String sourceType,
        String sourceCode,
        @Nullable JsonNode jsonSchema,
        @Nullable JsonNode argsJsonSchema,
        String replacedAt,
        @Nullable String replacedById) {}
