package dev.mneme.file;

import dev.mneme.message.EmbeddingConfig;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a file's text.
 *
 * @param position its place in the file, from 0
 * @param embedding as many numbers as the embedder gives; null: not embedded (yet). Not to be changed
 */
public record FilePassage(
        String id,
        String folderId,
        String folderName,
        String fileId,
        String fileName,
        int position,
        String text,
        float @Nullable [] embedding,
        EmbeddingConfig embeddingConfig,
        long createdAt) {
    /** What agents call its file. */
    public String label() {
        return folderName + "/" + fileName;
    }
}
