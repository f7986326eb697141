package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What may change in an agent; null leaves it as it is (contract 01 §5). An explicit null in max_tokens clears it. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ModifyAgent(
        @Nullable String name,
        @Nullable List<String> toolIds,
        @Nullable List<String> sourceIds,
        @Nullable List<String> folderIds,
        @Nullable List<String> blockIds,
        @Nullable List<String> tags,
        @Nullable String system,
        @Nullable List<JsonNode> toolRules,
        @Nullable List<String> messageIds,
        @Nullable String description,
        @Nullable ObjectNode metadata,
        @Nullable Map<String, String> toolExecEnvironmentVariables,
        @Nullable Map<String, String> secrets,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable List<String> identityIds,
        @Nullable Boolean messageBufferAutoclear,
        @Nullable String model,
        @Nullable String embedding,
        @Nullable ObjectNode modelSettings,
        @Nullable ObjectNode compactionSettings,
        @Nullable Integer contextWindowLimit,
        @Nullable Boolean reasoning,
        @Nullable ObjectNode llmConfig,
        @Nullable ObjectNode embeddingConfig,
        @Nullable Boolean parallelToolCalls,
        @Nullable JsonNode responseFormat,
        @Nullable Integer maxTokens,
        @Nullable Boolean enableSleeptime,
        @Nullable String timezone,
        @Nullable Integer maxFilesOpen,
        @Nullable Integer perFileViewWindowCharLimit,
        @Nullable Boolean hidden) {}
