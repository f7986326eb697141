package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A file in a folder (contract 06 §6.1). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record FileRecord(
        String id,
        String sourceId,
        String fileName,
        String originalFileName,
        @Nullable String filePath,
        String fileType,
        long fileSize,
        @Nullable String fileCreationDate,
        @Nullable String fileLastModifiedDate,
        String processingStatus,
        @Nullable String errorMessage,
        @Nullable Integer totalChunks,
        @Nullable Integer chunksEmbedded,
        @Nullable String content,
        String organizationId,
        String createdAt,
        String updatedAt) {}
