package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * How to compact a context this one time; settings that are not sent are the agent's own (contract 04 §6).
 *
 * @param agentId where the conversation is {@code default}
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CompactionRequest(
        @Nullable String agentId, @Nullable JsonNode compactionSettings) {}
