package dev.mneme.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A tool that agents can call (contract 05). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ToolView(
        String id,
        String toolType,
        @Nullable String description,
        @Nullable String sourceType,
        String name,
        List<String> tags,
        @Nullable String sourceCode,
        @Nullable JsonNode jsonSchema,
        @Nullable JsonNode argsJsonSchema,
        int returnCharLimit,
        @Nullable JsonNode pipRequirements,
        @Nullable JsonNode npmRequirements,
        @Nullable Boolean defaultRequiresApproval,
        boolean enableParallelExecution,
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        @JsonProperty("metadata_") JsonNode metadata,
        @Nullable String projectId) {}
