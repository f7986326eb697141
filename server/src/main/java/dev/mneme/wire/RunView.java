package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A run: the record of one request (contract 12.3). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RunView(
        String id,
        String status,
        String createdAt,
        @Nullable String completedAt,
        String agentId,
        @Nullable String conversationId,
        @Nullable String baseTemplateId,
        boolean background,
        JsonNode metadata,
        @Nullable JsonNode requestConfig,
        @Nullable String stopReason,
        @Nullable String callbackUrl,
        @Nullable String callbackSentAt,
        @Nullable Integer callbackStatusCode,
        @Nullable String callbackError,
        @Nullable Long ttftNs,
        @Nullable Long totalDurationNs) {}
