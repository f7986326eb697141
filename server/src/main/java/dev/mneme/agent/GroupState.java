package dev.mneme.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group of agents: one row with its members and shared blocks (contract 08 §8.1).
 *
 * @param agentIds members in speaking order; one that was deleted stays named
 * @param sleeptimeAgentFrequency turns of the manager between two looks of its background agents; null: every turn, 0 or less: never
 * @param turnsCounter -1 before the first counted turn
 * @param automatic made with its manager by enable_sleeptime
 * @param createdAt microseconds since 1970 UTC
 */
public record GroupState(
        String id,
        ManagerType managerType,
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
        @Nullable Boolean hidden,
        boolean automatic,
        long createdAt) {
    public GroupState {
        agentIds = List.copyOf(agentIds);
        sharedBlockIds = List.copyOf(sharedBlockIds);
    }
}
