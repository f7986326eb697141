package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** Which run of a conversation to replay, and from where (contract 03 §9): runId before otid before the newest active one. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RetrieveConversationStream(
        @Nullable String agentId,
        @Nullable String runId,
        @Nullable String otid,
        @Nullable Long startingAfter,
        @Nullable Boolean includePings,
        @Nullable Double pollInterval,
        @Nullable Integer batchSize) {}
