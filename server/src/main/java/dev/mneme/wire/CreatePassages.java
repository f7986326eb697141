package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** Passages to store in one go. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CreatePassages(List<CreatePassage> passages) {}
