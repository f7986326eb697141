package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** From where to replay the stream of a run (contract 03 §9). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RetrieveStream(
        @Nullable Long startingAfter,
        @Nullable Boolean includePings,
        @Nullable Double pollInterval,
        @Nullable Integer batchSize) {}
