package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A group of agents (contract 08 §8.1). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record GroupView(
        String id,
        String managerType,
        List<String> agentIds,
        String description,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable String deploymentId,
        List<String> sharedBlockIds,
        @Nullable String managerAgentId,
        @Nullable String terminationToken,
        @Nullable Integer maxTurns,
        @Nullable Integer sleeptimeAgentFrequency,
        @Nullable Integer turnsCounter,
        @Nullable String lastProcessedMessageId,
        @Nullable Integer maxMessageBufferLength,
        @Nullable Integer minMessageBufferLength,
        @Nullable Boolean hidden) {}
