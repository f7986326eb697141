package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** What a new folder is made of (contract 06 §6.2). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CreateFolder(
        String name,
        @Nullable String description,
        @Nullable String instructions,
        @Nullable ObjectNode metadata,
        @Nullable String embedding,
        @Nullable Integer embeddingChunkSize,
        @Nullable ObjectNode embeddingConfig) {}
