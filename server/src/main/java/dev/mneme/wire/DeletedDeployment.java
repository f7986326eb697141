package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** What was deleted with a deployment. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record DeletedDeployment(
        List<String> deletedBlocks, List<String> deletedAgents, List<String> deletedGroups, String message) {}
