package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** What a new archive is made of (contract 07 §1). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CreateArchive(
        String name,
        @Nullable String description,
        @Nullable String embedding,
        @Nullable ObjectNode embeddingConfig) {}
