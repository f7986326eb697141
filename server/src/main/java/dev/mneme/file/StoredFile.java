package dev.mneme.file;

import org.jspecify.annotations.Nullable;

/**
 * A file in a folder, without its text.
 *
 * @param name unique in the folder
 * @param originalName as it was uploaded; several files may share it
 * @param type media type
 * @param size bytes of the upload
 * @param error why it failed, for people; null unless the status says so
 * @param totalChunks passages; null until they are known
 * @param chunksEmbedded passages that have a vector
 * @param createdAt microseconds since 1970 UTC; likewise updatedAt
 */
public record StoredFile(
        String id,
        String folderId,
        String folderName,
        String name,
        String originalName,
        String type,
        long size,
        FileStatus status,
        @Nullable String error,
        @Nullable Integer totalChunks,
        @Nullable Integer chunksEmbedded,
        long createdAt,
        long updatedAt,
        @Nullable String createdById) {
    /** What agents call it. */
    public String label() {
        return folderName + "/" + name;
    }
}
