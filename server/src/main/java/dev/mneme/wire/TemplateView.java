package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A template. templateDeploymentSlug: project/name:version, as agents are made from it. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TemplateView(
        String id,
        String name,
        @Nullable String description,
        String projectId,
        String projectSlug,
        String latestVersion,
        String templateDeploymentSlug,
        String updatedAt) {}
