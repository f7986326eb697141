package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a new agent is made of (contract 01 §4). Everything is optional but a model. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CreateAgent(
        @Nullable String name,
        @Nullable List<CreateBlock> memoryBlocks,
        @Nullable List<String> tools,
        @Nullable List<String> toolIds,
        @Nullable List<String> sourceIds,
        @Nullable List<String> folderIds,
        @Nullable List<String> blockIds,
        @Nullable List<JsonNode> toolRules,
        @Nullable List<String> tags,
        @Nullable String system,
        @Nullable String agentType,
        @Nullable List<JsonNode> initialMessageSequence,
        @Nullable Boolean includeBaseTools,
        @Nullable Boolean includeMultiAgentTools,
        @Nullable Boolean includeBaseToolRules,
        @Nullable Boolean includeDefaultSource,
        @Nullable String description,
        @Nullable ObjectNode metadata,
        @Nullable ObjectNode llmConfig,
        @Nullable ObjectNode embeddingConfig,
        @Nullable String model,
        @Nullable String embedding,
        @Nullable ObjectNode modelSettings,
        @Nullable ObjectNode compactionSettings,
        @Nullable Integer contextWindowLimit,
        @Nullable Integer embeddingChunkSize,
        @Nullable Integer maxTokens,
        @Nullable Integer maxReasoningTokens,
        @Nullable Boolean enableReasoner,
        @Nullable Boolean reasoning,
        @Nullable Map<String, String> toolExecEnvironmentVariables,
        @Nullable Map<String, String> secrets,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable List<String> identityIds,
        @Nullable Boolean messageBufferAutoclear,
        @Nullable Boolean enableSleeptime,
        @Nullable JsonNode responseFormat,
        @Nullable String timezone,
        @Nullable Integer maxFilesOpen,
        @Nullable Integer perFileViewWindowCharLimit,
        @Nullable Boolean hidden,
        @Nullable Boolean parallelToolCalls) {}
