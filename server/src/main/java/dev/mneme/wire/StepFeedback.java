package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A verdict on a step: positive, negative or null to take it back. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record StepFeedback(
        @Nullable String feedback, @Nullable List<String> tags) {}
