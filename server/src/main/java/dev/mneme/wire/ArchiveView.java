package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.mneme.message.EmbeddingConfig;
import org.jspecify.annotations.Nullable;

/** An archive: a named container of passages (contract 07 §1). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ArchiveView(
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        String createdAt,
        String updatedAt,
        String name,
        @Nullable String description,
        String vectorDbProvider,
        @Nullable EmbeddingConfig embeddingConfig,
        @Nullable JsonNode metadata,
        String id,
        String organizationId) {}
