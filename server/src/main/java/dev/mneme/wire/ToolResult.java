package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a tool that was called directly ended (contract 05 §5). agentState is always null. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ToolResult(
        String status,
        @Nullable JsonNode funcReturn,
        @Nullable JsonNode agentState,
        @Nullable List<String> stdout,
        @Nullable List<String> stderr,
        @Nullable String sandboxConfigFingerprint) {}
