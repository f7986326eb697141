package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A source to run once; nothing of it is stored (contract 05 §5). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RunTool(
        String sourceCode,
        ObjectNode args,
        @Nullable Map<String, String> envVars,
        @Nullable String name,
        @Nullable String sourceType,
        @Nullable ObjectNode argsJsonSchema,
        @Nullable ObjectNode jsonSchema,
        @Nullable List<PackageWish> pipRequirements,
        @Nullable List<PackageWish> npmRequirements) {}
