package dev.mneme.memory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change of a block; null leaves a field as it is. tags and metadata replace the old ones as a whole. */
public record BlockPatch(
        @Nullable String label,
        @Nullable String value,
        @Nullable Integer limit,
        @Nullable String description,
        @Nullable Boolean readOnly,
        @Nullable Boolean isTemplate,
        @Nullable String templateName,
        @Nullable JsonNode metadata,
        @Nullable List<String> tags,
        @Nullable Boolean hidden,
        @Nullable Boolean preserveOnMigration,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable String deploymentId,
        @Nullable String entityId) {
    public static final BlockPatch NOTHING = new BlockPatch(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /** A patch of the value alone. */
    public static BlockPatch value(String value) {
        return new BlockPatch(
                null, value, null, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** A patch of label and description. */
    public static BlockPatch naming(@Nullable String label, @Nullable String description) {
        return new BlockPatch(
                label, null, null, description, null, null, null, null, null, null, null, null, null, null, null, null);
    }

    /** A patch of limit and value. */
    public static BlockPatch limit(int limit, @Nullable String value) {
        return new BlockPatch(
                null, value, limit, null, null, null, null, null, null, null, null, null, null, null, null, null);
    }
}
