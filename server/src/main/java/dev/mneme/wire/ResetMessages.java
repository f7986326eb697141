package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** How to reset the messages of an agent. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ResetMessages(@Nullable Boolean addDefaultInitialMessages) {}
