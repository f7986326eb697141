package dev.mneme.tool;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tool as it is stored. The components are the contract's Tool fields (05 §1) in camel case; metadata is {@code metadata_} on the wire.
 *
 * @param toolType a word of {@link ToolType}
 * @param jsonSchema {@code {"name","description","parameters"}}
 * @param returnCharLimit characters of a return that a model is shown
 * @param pipRequirements array of {@code {"name","version"}}
 * @param createdAt microseconds since 1970 UTC
 */
public record ToolRow(
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
        JsonNode metadata,
        @Nullable String projectId,
        long createdAt,
        long updatedAt) {
    /** Characters of a return that a model is shown unless the tool says otherwise (contract 05: 50,000). */
    public static final int RETURN_CHAR_LIMIT = 50_000;

    public ToolRow {
        tags = List.copyOf(tags);
    }

    /** Whether it is one of the server's own tools. */
    public boolean isBase() {
        ToolType type = ToolType.find(toolType);
        return type != null && type.isBase();
    }

    /** Whether an approval rule comes along when it is attached. */
    public boolean wantsApproval() {
        return Boolean.TRUE.equals(defaultRequiresApproval);
    }
}
