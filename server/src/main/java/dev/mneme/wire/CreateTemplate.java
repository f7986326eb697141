package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** A template to be made: of an agent (type agent, agentId) or of an agent file (type agent_file, agentFile). name: null for one by chance. */
public record CreateTemplate(
        String type,
        @Nullable String agentId,
        @Nullable JsonNode agentFile,
        @Nullable String name,
        @Nullable Boolean updateExistingTools) {}
