package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of an agent's files (contract 06 §6.9). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AgentFilesPage(
        List<AgentFileView> files, @Nullable String nextCursor, boolean hasMore) {}
