package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What may change in a block; null leaves it as it is. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ModifyBlock(
        @Nullable String label,
        @Nullable String value,
        @Nullable Integer limit,
        @Nullable String description,
        @Nullable Boolean readOnly,
        @Nullable Boolean isTemplate,
        @Nullable String templateName,
        @Nullable ObjectNode metadata,
        @Nullable List<String> tags,
        @Nullable Boolean hidden,
        @Nullable Boolean preserveOnMigration,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable String deploymentId,
        @Nullable String entityId) {}
