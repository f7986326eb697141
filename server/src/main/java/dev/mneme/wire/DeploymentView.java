package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Agents that were made from a template together. groupId is always null: groups are not part of templates. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record DeploymentView(
        List<String> agentIds,
        String deploymentId,
        @Nullable String groupId) {}
