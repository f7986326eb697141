package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** Whether a person must approve each call of a tool. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RequireApproval(@Nullable Boolean requiresApproval) {}
