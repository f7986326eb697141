package dev.mneme.file;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.message.EmbeddingConfig;
import org.jspecify.annotations.Nullable;

/**
 * A folder of files: what older clients call a source (contract 06 §6.1).
 *
 * @param name unique in the organisation
 * @param instructions what an agent should do with the files
 * @param embeddingConfig by which its passages are embedded
 * @param createdAt microseconds since 1970 UTC; likewise updatedAt
 */
public record Folder(
        String id,
        String name,
        @Nullable String description,
        @Nullable String instructions,
        @Nullable JsonNode metadata,
        EmbeddingConfig embeddingConfig,
        long createdAt,
        long updatedAt,
        @Nullable String createdById,
        @Nullable String lastUpdatedById) {}
