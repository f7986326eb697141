package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A tool that a search found. Ranks count from 1. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record FoundTool(
        ToolView tool,
        @Nullable String embeddedText,
        @Nullable Integer ftsRank,
        @Nullable Integer vectorRank,
        double combinedScore) {}
