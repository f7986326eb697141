package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** How long a step took, in nanoseconds (contract 12.3). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record StepMetrics(
        String id,
        String organizationId,
        @Nullable String providerId,
        @Nullable String runId,
        @Nullable String agentId,
        @Nullable Long stepStartNs,
        @Nullable Long llmRequestStartNs,
        @Nullable Long llmRequestNs,
        @Nullable Long toolExecutionNs,
        @Nullable Long stepNs,
        @Nullable String baseTemplateId,
        @Nullable String templateId,
        @Nullable String projectId) {}
