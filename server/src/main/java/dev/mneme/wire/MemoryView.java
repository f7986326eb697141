package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** The core memory of an agent: its blocks (contract 01 §3). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record MemoryView(
        String agentType,
        boolean gitEnabled,
        List<BlockView> blocks,
        List<JsonNode> fileBlocks,
        String promptTemplate) {}
