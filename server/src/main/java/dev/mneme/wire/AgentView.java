package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An agent as clients see it, keys in the order of contract 01 §3. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AgentView(
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        String createdAt,
        String updatedAt,
        String id,
        String name,
        JsonNode toolRules,
        List<String> messageIds,
        String system,
        String agentType,
        LlmConfig llmConfig,
        @Nullable EmbeddingConfig embeddingConfig,
        @Nullable String model,
        @Nullable String embedding,
        JsonNode modelSettings,
        @Nullable JsonNode compactionSettings,
        @Nullable JsonNode responseFormat,
        @Nullable String description,
        @Nullable JsonNode metadata,
        MemoryView memory,
        List<BlockView> blocks,
        List<ToolView> tools,
        List<SourceView> sources,
        List<String> tags,
        List<SecretView> toolExecEnvironmentVariables,
        List<SecretView> secrets,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable String deploymentId,
        @Nullable String entityId,
        List<String> identityIds,
        List<IdentityView> identities,
        @Nullable JsonNode pendingApproval,
        boolean messageBufferAutoclear,
        @Nullable Boolean enableSleeptime,
        @Nullable GroupView multiAgentGroup,
        @Nullable GroupView managedGroup,
        @Nullable String lastRunCompletion,
        @Nullable Long lastRunDurationMs,
        @Nullable String lastStopReason,
        String timezone,
        int maxFilesOpen,
        int perFileViewWindowCharLimit,
        @Nullable Boolean hidden) {}
