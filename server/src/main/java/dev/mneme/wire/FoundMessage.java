package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A hit of a search in messages (contract 03 §5). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record FoundMessage(
        String embeddedText,
        JsonNode message,
        @Nullable Integer ftsRank,
        @Nullable Integer vectorRank,
        double rrfScore) {}
