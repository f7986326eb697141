package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A value for the environment of every tool; in clear only in the answer to the call that set it. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record VariableView(
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        @Nullable String createdAt,
        @Nullable String updatedAt,
        String id,
        String key,
        String value,
        @Nullable String description,
        String valueEnc,
        String sandboxConfigId) {}
