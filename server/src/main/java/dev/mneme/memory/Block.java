package dev.mneme.memory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of core memory: a labelled text that is part of the system prompt of every agent it is attached to.
 *
 * @param value the text
 * @param limit the most characters (Unicode code points) that the value may have
 * @param readOnly the memory tools refuse to change it; REST may
 * @param isTemplate a ready-made block for people to copy, named by templateName
 * @param tags sorted
 * @param version counts the writes, from 1
 * @param createdAt microseconds since 1970 UTC, likewise updatedAt
 */
public record Block(
        String id,
        String label,
        String value,
        int limit,
        @Nullable String description,
        boolean readOnly,
        boolean isTemplate,
        @Nullable String templateName,
        JsonNode metadata,
        List<String> tags,
        @Nullable Boolean hidden,
        boolean preserveOnMigration,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable String deploymentId,
        @Nullable String entityId,
        long version,
        long createdAt,
        long updatedAt,
        @Nullable String createdById,
        @Nullable String lastUpdatedById) {
    public Block {
        tags = List.copyOf(tags);
    }

    /** The length that limits count: Unicode code points, so that an emoji is one character. */
    public static int length(String value) {
        return value.codePointCount(0, value.length());
    }

    /** How many characters the value has. */
    public int chars() {
        return length(value);
    }
}
