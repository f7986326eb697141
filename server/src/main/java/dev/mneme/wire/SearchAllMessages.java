package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A search over the messages of everybody (contract 12.5). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SearchAllMessages(
        String query,
        @Nullable String searchMode,
        @Nullable String agentId,
        @Nullable String conversationId,
        @Nullable Integer limit,
        @Nullable String startDate,
        @Nullable String endDate) {}
