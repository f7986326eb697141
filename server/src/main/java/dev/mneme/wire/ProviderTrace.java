package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * What the model of a step was sent, and what came of it (contract 12.3).
 *
 * @param requestJson the body of the provider's request
 * @param responseJson usage, stop_reason, and as messages what the step stored
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ProviderTrace(
        String id,
        String createdAt,
        JsonNode requestJson,
        JsonNode responseJson,
        String stepId,
        String agentId,
        String runId,
        String callType,
        String orgId) {}
