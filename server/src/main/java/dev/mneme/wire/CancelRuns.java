package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which runs to stop; none named: all that are at work. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CancelRuns(@Nullable List<String> runIds) {}
