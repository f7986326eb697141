package dev.mneme.tool;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What a tool was before its source was replaced.
 *
 * @param version counts from 1
 * @param replacedAt microseconds
 */
public record ToolVersion(
        String toolId,
        int version,
        @Nullable String sourceType,
        String sourceCode,
        @Nullable JsonNode jsonSchema,
        @Nullable JsonNode argsJsonSchema,
        long replacedAt,
        @Nullable String replacedById) {}
