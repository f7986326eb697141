package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** Work behind an answer as older clients ask for it (contract 12.3): here the reading of a file. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record JobView(
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
