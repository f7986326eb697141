package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A conversation to be made. isolatedBlockLabels: blocks of the agent that it gets private copies of. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CreateConversation(
        @Nullable String summary,
        @Nullable List<String> isolatedBlockLabels,
        @Nullable String model,
        @Nullable ObjectNode modelSettings) {}
