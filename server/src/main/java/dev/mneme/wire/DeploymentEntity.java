package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** An agent, block or group of a deployment. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record DeploymentEntity(
        String id,
        String type,
        @Nullable String name,
        @Nullable String description,
        @Nullable String entityId,
        @Nullable String projectId) {}
