package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A batch, in the shape of a job (contract 03 §10). metadata: how many requests are at which point, and the runs they became. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record BatchView(
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        String createdAt,
        String updatedAt,
        String status,
        @Nullable String completedAt,
        @Nullable String stopReason,
        JsonNode metadata,
        String jobType,
        @Nullable Boolean background,
        @Nullable String agentId,
        @Nullable String callbackUrl,
        @Nullable String callbackSentAt,
        @Nullable Integer callbackStatusCode,
        @Nullable String callbackError,
        @Nullable Long ttftNs,
        @Nullable Long totalDurationNs,
        String id) {}
