package dev.mneme.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tool as somebody brings it, or what is to change of one; null: left to the server, or left as it is (contract 05 §2).
 *
 * @param sourceType a word of {@link SourceType}
 * @param jsonSchema {@code {"name","description","parameters"}}: always wins over what the source says
 * @param argsJsonSchema the schema of the arguments alone, as Pydantic writes it
 */
public record ToolDraft(
        @Nullable String sourceCode,
        @Nullable String sourceType,
        @Nullable String description,
        @Nullable List<String> tags,
        @Nullable ObjectNode jsonSchema,
        @Nullable ObjectNode argsJsonSchema,
        @Nullable Integer returnCharLimit,
        @Nullable JsonNode pipRequirements,
        @Nullable JsonNode npmRequirements,
        @Nullable Boolean defaultRequiresApproval,
        @Nullable Boolean enableParallelExecution,
        @Nullable ObjectNode metadata,
        @Nullable String projectId) {}
