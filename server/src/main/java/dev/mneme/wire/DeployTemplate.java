package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What agents made from a template get of their own. */
public record DeployTemplate(
        @Nullable String agentName,
        @Nullable List<String> tags,
        @Nullable List<String> identityIds,
        @Nullable ObjectNode memoryVariables,
        @Nullable ObjectNode toolVariables,
        @Nullable List<JsonNode> initialMessageSequence) {}
