package dev.mneme.memory;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.message.EmbeddingConfig;
import org.jspecify.annotations.Nullable;

/**
 * A named container of passages; an agent is linked to at most one.
 *
 * @param embeddingConfig null: its passages have no vectors and are found by their words only
 * @param vectorDbProvider always {@code native}
 * @param passageCount how many passages it holds
 * @param createdAt microseconds since 1970 UTC, likewise updatedAt
 */
public record Archive(
        String id,
        String name,
        @Nullable String description,
        @Nullable EmbeddingConfig embeddingConfig,
        String vectorDbProvider,
        @Nullable JsonNode metadata,
        long passageCount,
        long createdAt,
        long updatedAt,
        @Nullable String createdById,
        @Nullable String lastUpdatedById) {}
