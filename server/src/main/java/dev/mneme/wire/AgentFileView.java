package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A file as one agent has it (contract 06 §6.9). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AgentFileView(
        String id,
        String fileId,
        String fileName,
        String folderId,
        String folderName,
        boolean isOpen,
        String lastAccessedAt,
        @Nullable String visibleContent,
        @Nullable Integer startLine,
        @Nullable Integer endLine) {}
