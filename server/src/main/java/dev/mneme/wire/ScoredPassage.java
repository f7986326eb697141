package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** A passage with its score, 0 to 1, larger is better (contract 07 §3). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ScoredPassage(PassageView passage, double score, JsonNode metadata) {}
