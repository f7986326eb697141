package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A conversation: a thread of messages of one agent beside its default one (contract 03 §6, 12.4). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ConversationView(
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        String createdAt,
        String updatedAt,
        String id,
        String agentId,
        @Nullable String summary,
        List<String> inContextMessageIds,
        List<String> isolatedBlockIds,
        @Nullable String model,
        @Nullable JsonNode modelSettings,
        @Nullable String lastMessageAt) {}
