package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.file.FileView;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import org.jspecify.annotations.Nullable;

/**
 * What an agent is, without what hangs on it: one row of the table of the same name (contract 01 §3).
 *
 * @param system the base prompt, not compiled
 * @param metadata an object the caller chose
 * @param toolRules array of rules, each with all keys of its type
 * @param maxFilesOpen null: by the context window, see {@link #maxFilesOpenOrDefault}
 * @param lastRunCompletion microseconds since 1970 UTC, likewise createdAt and updatedAt
 */
public record AgentState(
        String id,
        String organizationId,
        String name,
        String agentType,
        String system,
        @Nullable String description,
        @Nullable JsonNode metadata,
        LlmConfig llmConfig,
        @Nullable EmbeddingConfig embeddingConfig,
        @Nullable JsonNode compactionSettings,
        @Nullable JsonNode responseFormat,
        JsonNode toolRules,
        String timezone,
        boolean messageBufferAutoclear,
        @Nullable Boolean enableSleeptime,
        @Nullable Integer maxFilesOpen,
        @Nullable Integer perFileViewWindowCharLimit,
        @Nullable Boolean hidden,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable String deploymentId,
        @Nullable String entityId,
        @Nullable Long lastRunCompletion,
        @Nullable Long lastRunDurationMs,
        @Nullable String lastStopReason,
        long createdAt,
        long updatedAt,
        @Nullable String createdById,
        @Nullable String lastUpdatedById) {
    /** The wire's {@code model}: the handle, or the bare name of a config that a caller wrote without one. */
    public String model() {
        return llmConfig.handle() == null ? llmConfig.model() : llmConfig.handle();
    }

    /** The wire's {@code embedding}. */
    public @Nullable String embedding() {
        return embeddingConfig == null ? null : embeddingConfig.handle();
    }

    /** The wire's {@code model_settings}: made from the config at each read. */
    public JsonNode modelSettings() {
        return ModelSettings.of(llmConfig);
    }

    /** Files open at once, by the window when nobody said (contract 01 §3). */
    public int maxFilesOpenOrDefault() {
        return maxFilesOpen == null ? FileView.of(llmConfig.contextWindow()).files() : maxFilesOpen;
    }

    /** Characters shown of each open file, by the window when nobody said. */
    public int perFileViewWindowCharLimitOrDefault() {
        return perFileViewWindowCharLimit == null
                ? FileView.of(llmConfig.contextWindow()).chars()
                : perFileViewWindowCharLimit;
    }

    /** The kind; every stored word is one. */
    public AgentType type() {
        AgentType type = AgentType.find(agentType);
        return type == null ? AgentType.LETTA_V1_AGENT : type;
    }
}
