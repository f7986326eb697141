package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long a run took and what it used, in nanoseconds (contract 12.3).
 *
 * @param toolsUsed their ids; null: none was used
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RunMetrics(
        String id,
        String organizationId,
        String agentId,
        @Nullable String projectId,
        @Nullable Long runStartNs,
        @Nullable Long runNs,
        int numSteps,
        @Nullable List<String> toolsUsed,
        @Nullable String templateId,
        @Nullable String baseTemplateId) {}
