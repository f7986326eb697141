package dev.mneme.memory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A block to be made. null: the contract's default (04 §1): empty value, {@link Blocks#DEFAULT_LIMIT}, empty metadata, no tags. */
public record NewBlock(
        String label,
        @Nullable String value,
        @Nullable Integer limit,
        @Nullable String description,
        boolean readOnly,
        boolean isTemplate,
        @Nullable String templateName,
        @Nullable JsonNode metadata,
        @Nullable List<String> tags,
        @Nullable Boolean hidden,
        boolean preserveOnMigration,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable String deploymentId,
        @Nullable String entityId) {
    /** A plain block. */
    public static NewBlock of(String label, @Nullable String value, @Nullable String description) {
        return new NewBlock(
                label,
                value,
                null,
                description,
                false,
                false,
                null,
                null,
                null,
                null,
                false,
                null,
                null,
                null,
                null,
                null);
    }

    /** What makes a copy of a block, its limit and marks included. */
    static NewBlock copyOf(Block block) {
        return new NewBlock(
                block.label(),
                block.value(),
                block.limit(),
                block.description(),
                block.readOnly(),
                false,
                null,
                block.metadata(),
                block.tags(),
                block.hidden(),
                block.preserveOnMigration(),
                block.projectId(),
                null,
                null,
                null,
                null);
    }

    public NewBlock withLimit(int characters) {
        return new NewBlock(
                label,
                value,
                characters,
                description,
                readOnly,
                isTemplate,
                templateName,
                metadata,
                tags,
                hidden,
                preserveOnMigration,
                projectId,
                templateId,
                baseTemplateId,
                deploymentId,
                entityId);
    }

    public NewBlock withReadOnly(boolean only) {
        return new NewBlock(
                label,
                value,
                limit,
                description,
                only,
                isTemplate,
                templateName,
                metadata,
                tags,
                hidden,
                preserveOnMigration,
                projectId,
                templateId,
                baseTemplateId,
                deploymentId,
                entityId);
    }

    public NewBlock withTags(List<String> names) {
        return new NewBlock(
                label,
                value,
                limit,
                description,
                readOnly,
                isTemplate,
                templateName,
                metadata,
                names,
                hidden,
                preserveOnMigration,
                projectId,
                templateId,
                baseTemplateId,
                deploymentId,
                entityId);
    }
}
