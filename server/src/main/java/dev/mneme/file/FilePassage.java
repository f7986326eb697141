package dev.mneme.file;

import dev.mneme.base.Json;
import dev.mneme.memory.Passage;
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
    /** As archival search gives it. */
    Passage asPassage() {
        return new Passage(
                id,
                text,
                "",
                null,
                Json.object(),
                embedding,
                embeddingConfig,
                createdAt,
                createdAt,
                null,
                null,
                new Passage.Origin(folderId, fileId, label()));
    }

    /** What agents call its file. */
    public String label() {
        return folderName + "/" + fileName;
    }
}
