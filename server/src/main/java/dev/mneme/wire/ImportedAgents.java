package dev.mneme.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an agent file became (contract 10 §4). warnings: what could not be taken over as it was; absent when all was. */
public record ImportedAgents(
        @JsonProperty("agent_ids") List<String> agentIds,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> warnings) {}
