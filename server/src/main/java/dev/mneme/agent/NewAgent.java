package dev.mneme.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.memory.NewBlock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An agent to be made: the body of {@code POST /v1/agents/} (contract 01 §4). null: not given, the contract's default counts.
 *
 * @param toolRules array of rules
 * @param contextWindowLimit tokens
 * @param reasoning the switch of today, enableReasoner the older one
 */
public record NewAgent(
        @Nullable String name,
        @Nullable List<NewBlock> memoryBlocks,
        @Nullable List<String> tools,
        @Nullable List<String> toolIds,
        @Nullable List<String> sourceIds,
        @Nullable List<String> folderIds,
        @Nullable List<String> blockIds,
        @Nullable JsonNode toolRules,
        @Nullable List<String> tags,
        @Nullable String system,
        @Nullable String agentType,
        @Nullable List<InitialMessage> initialMessageSequence,
        @Nullable Boolean includeBaseTools,
        @Nullable Boolean includeMultiAgentTools,
        @Nullable Boolean includeBaseToolRules,
        @Nullable Boolean includeDefaultSource,
        @Nullable String description,
        @Nullable JsonNode metadata,
        @Nullable JsonNode llmConfig,
        @Nullable JsonNode embeddingConfig,
        @Nullable String model,
        @Nullable String embedding,
        @Nullable JsonNode modelSettings,
        @Nullable JsonNode compactionSettings,
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
        @Nullable String deploymentId,
        @Nullable String entityId,
        @Nullable List<String> identityIds,
        @Nullable Boolean messageBufferAutoclear,
        @Nullable Boolean enableSleeptime,
        @Nullable JsonNode responseFormat,
        @Nullable String timezone,
        @Nullable Integer maxFilesOpen,
        @Nullable Integer perFileViewWindowCharLimit,
        @Nullable Boolean hidden,
        @Nullable Boolean parallelToolCalls) {
    public NewAgent {
        toolRules = present(toolRules);
        metadata = present(metadata);
        llmConfig = present(llmConfig);
        embeddingConfig = present(embeddingConfig);
        modelSettings = present(modelSettings);
        compactionSettings = present(compactionSettings);
        responseFormat = present(responseFormat);
    }

    /** The tree, null where it says null. */
    static @Nullable JsonNode present(@Nullable JsonNode tree) {
        return tree == null || tree.isNull() ? null : tree;
    }

    /** Reads bodies: the wire's snake case into components. */
    static final ObjectMapper SNAKE = Json.MAPPER.copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

    /** Reads a body; keys that mean nothing here are ignored. 422 when a type does not fit. */
    public static NewAgent read(ObjectNode body) {
        return bind(body, NewAgent.class);
    }

    /** As {@link #read} for any record in snake case. */
    static <T> T bind(JsonNode body, Class<T> type) {
        try {
            return SNAKE.treeToValue(body, type);
        } catch (JsonProcessingException e) {
            throw Problem.unprocessable(e.getOriginalMessage());
        }
    }

    /** The switch of base tools. */
    boolean wantsBaseTools() {
        return !Boolean.FALSE.equals(includeBaseTools);
    }

    /** The values of the tools' environment: {@code secrets} wins when it has any. */
    Map<String, String> environment() {
        if (secrets != null && !secrets.isEmpty()) {
            return secrets;
        }
        return toolExecEnvironmentVariables == null ? Map.of() : toolExecEnvironmentVariables;
    }
}
