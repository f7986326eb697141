package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** What may change in a conversation; null leaves it as it is. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ModifyConversation(
        @Nullable String summary,
        @Nullable String model,
        @Nullable ObjectNode modelSettings,
        @Nullable String lastMessageAt) {}
