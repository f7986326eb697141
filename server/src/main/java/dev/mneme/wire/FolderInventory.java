package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** How much lies in the folders of an organisation (contract 06 §6.10). Sizes in bytes. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record FolderInventory(long totalSources, long totalFiles, long totalSize, List<Source> sources) {
    /** One folder. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Source(String sourceId, String sourceName, int fileCount, long totalSize, List<File> files) {}

    /** One file of it. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record File(String fileId, String fileName, long fileSize) {}
}
