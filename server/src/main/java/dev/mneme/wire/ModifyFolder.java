package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** What is changed of a folder; nulls leave things as they are (contract 06 §6.2). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ModifyFolder(
        @Nullable String name,
        @Nullable String description,
        @Nullable String instructions,
        @Nullable ObjectNode metadata,
        @Nullable ObjectNode embeddingConfig) {}
