package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * What a block held before one of its changes (Mneme's own; the contract has none).
 *
 * @param limit in characters
 * @param replacedAt ISO 8601, UTC
 * @param replacedById the user who made the change; null: an agent, by a tool
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record BlockVersionView(
        long version,
        String label,
        String value,
        int limit,
        @Nullable String description,
        String replacedAt,
        @Nullable String replacedById) {}
