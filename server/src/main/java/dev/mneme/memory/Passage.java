package dev.mneme.memory;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.message.EmbeddingConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of archival memory.
 *
 * @param archiveId empty for a piece of a file
 * @param tags in the order given, without repetition; null: none were ever given
 * @param embedding as many numbers as the embedder gives; null: the archive has no embedder. Not to be changed
 * @param embeddingConfig that of the archive
 * @param file where it was cut from; null: it is an archive's own
 * @param createdAt microseconds since 1970 UTC; may be given by the caller
 * @param updatedAt when it was stored
 */
public record Passage(
        String id,
        String text,
        String archiveId,
        @Nullable List<String> tags,
        JsonNode metadata,
        float @Nullable [] embedding,
        @Nullable EmbeddingConfig embeddingConfig,
        long createdAt,
        long updatedAt,
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        @Nullable Origin file) {
    /** The file that a passage is a piece of. fileName: with its folder. */
    public record Origin(String folderId, String fileId, String fileName) {}
}
