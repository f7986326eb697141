package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** A source whose JSON schema is wanted; code and source_code mean the same. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SchemaRequest(
        @Nullable String code,
        @Nullable String sourceCode,
        @Nullable String sourceType,
        @Nullable ObjectNode argsJsonSchema) {}
