package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** What was deleted, as a sentence. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Deleted(String message) {}
