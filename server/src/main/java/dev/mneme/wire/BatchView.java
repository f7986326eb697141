package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A job: a batch, with the counts and runs of its requests as metadata, or the reading of a file (contract 03 §10, 12.3). */
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
