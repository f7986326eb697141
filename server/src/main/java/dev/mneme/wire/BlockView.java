package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A memory block (contract 04 §1). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record BlockView(
        String value,
        int limit,
        @Nullable String projectId,
        @Nullable String templateName,
        boolean isTemplate,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable String deploymentId,
        @Nullable String entityId,
        boolean preserveOnMigration,
        String label,
        boolean readOnly,
        @Nullable String description,
        JsonNode metadata,
        @Nullable Boolean hidden,
        String id,
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        List<String> tags) {}
