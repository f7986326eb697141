package dev.mneme.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What may change in a tool; null leaves it as it is. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ModifyTool(
        @Nullable String sourceCode,
        @Nullable String sourceType,
        @Nullable String description,
        @Nullable List<String> tags,
        @Nullable ObjectNode jsonSchema,
        @Nullable ObjectNode argsJsonSchema,
        @Nullable Integer returnCharLimit,
        @Nullable List<PackageWish> pipRequirements,
        @Nullable List<PackageWish> npmRequirements,
        @Nullable Boolean defaultRequiresApproval,
        @Nullable Boolean enableParallelExecution,
        @JsonProperty("metadata_") @Nullable ObjectNode metadata) {}
