package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A tool that somebody wrote (contract 05 §2). jsonSchema wins over what the source says. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CreateTool(
        String sourceCode,
        @Nullable String sourceType,
        @Nullable String description,
        @Nullable List<String> tags,
        @Nullable ObjectNode jsonSchema,
        @Nullable ObjectNode argsJsonSchema,
        @Nullable Integer returnCharLimit,
        @Nullable List<PackageWish> pipRequirements,
        @Nullable List<PackageWish> npmRequirements,
        @Nullable Boolean defaultRequiresApproval,
        @Nullable Boolean enableParallelExecution) {}
