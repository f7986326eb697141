package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.mneme.message.EmbeddingConfig;
import org.jspecify.annotations.Nullable;

/** A folder as the older family of routes and the agents show it (contract 06 §6.1). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SourceView(
        String id,
        String name,
        @Nullable String description,
        @Nullable String instructions,
        @Nullable JsonNode metadata,
        EmbeddingConfig embeddingConfig,
        String organizationId,
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        String createdAt,
        String updatedAt,
        String vectorDbProvider) {}
