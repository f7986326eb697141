package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.mneme.message.EmbeddingConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A passage of archival memory, or a piece of a file (contract 07 §1). embedding holds as many numbers as the model gives, unpadded. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record PassageView(
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        String createdAt,
        String updatedAt,
        boolean isDeleted,
        @Nullable String archiveId,
        @Nullable String sourceId,
        @Nullable String fileId,
        @Nullable String fileName,
        JsonNode metadata,
        @Nullable List<String> tags,
        String id,
        String organizationId,
        String text,
        float @Nullable [] embedding,
        @Nullable EmbeddingConfig embeddingConfig) {}
