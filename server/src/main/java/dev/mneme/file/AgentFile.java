package dev.mneme.file;

import org.jspecify.annotations.Nullable;

/**
 * A file as one agent has it.
 *
 * @param id of the association, {@code file_agent-…}
 * @param visible what is in its prompt; null when closed
 * @param range the part that was opened last
 * @param lastAccessedAt microseconds since 1970 UTC
 */
public record AgentFile(
        String id,
        String fileId,
        String folderId,
        String folderName,
        String fileName,
        String type,
        boolean open,
        @Nullable String visible,
        @Nullable Integer startLine,
        @Nullable Integer endLine,
        long lastAccessedAt) {
    /** What the agent calls it. */
    public String label() {
        return folderName + "/" + fileName;
    }

    Lines.Range range() {
        return new Lines.Range(startLine, endLine);
    }
}
