package dev.mneme.file;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.message.EmbeddingConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a new folder is made of, or what is changed of one. null: the default, or as it was.
 *
 * @param embedding handle of an embedder; embeddingConfig wins over it
 * @param chunkSize tokens of a passage
 */
public record FolderWish(
        @Nullable String name,
        @Nullable String description,
        @Nullable String instructions,
        @Nullable JsonNode metadata,
        @Nullable String embedding,
        @Nullable Integer chunkSize,
        @Nullable EmbeddingConfig embeddingConfig) {
    public static FolderWish named(String name) {
        return new FolderWish(name, null, null, null, null, null, null);
    }
}
