package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change of an agent: the body of {@code PATCH /v1/agents/{id}} (contract 01 §5). null leaves a field as it is; lists and maps replace the
 * old ones as a whole.
 *
 * @param cleared wire names of the fields that the caller sent as null: description, metadata, response_format and max_tokens are cleared
 *     by that, others ignore it
 */
public record AgentPatch(
        @Nullable String name,
        @Nullable List<String> toolIds,
        @Nullable List<String> sourceIds,
        @Nullable List<String> folderIds,
        @Nullable List<String> blockIds,
        @Nullable List<String> tags,
        @Nullable String system,
        @Nullable JsonNode toolRules,
        @Nullable List<String> messageIds,
        @Nullable String description,
        @Nullable JsonNode metadata,
        @Nullable Map<String, String> toolExecEnvironmentVariables,
        @Nullable Map<String, String> secrets,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable String baseTemplateId,
        @Nullable List<String> identityIds,
        @Nullable Boolean messageBufferAutoclear,
        @Nullable String model,
        @Nullable String embedding,
        @Nullable JsonNode modelSettings,
        @Nullable JsonNode compactionSettings,
        @Nullable Integer contextWindowLimit,
        @Nullable Boolean reasoning,
        @Nullable JsonNode llmConfig,
        @Nullable JsonNode embeddingConfig,
        @Nullable Boolean parallelToolCalls,
        @Nullable JsonNode responseFormat,
        @Nullable Integer maxTokens,
        @Nullable Boolean enableSleeptime,
        @Nullable Long lastRunDurationMs,
        @Nullable String lastStopReason,
        @Nullable String timezone,
        @Nullable Integer maxFilesOpen,
        @Nullable Integer perFileViewWindowCharLimit,
        @Nullable Boolean hidden,
        Set<String> cleared) {
    public AgentPatch {
        toolRules = NewAgent.present(toolRules);
        metadata = NewAgent.present(metadata);
        modelSettings = NewAgent.present(modelSettings);
        compactionSettings = NewAgent.present(compactionSettings);
        llmConfig = NewAgent.present(llmConfig);
        embeddingConfig = NewAgent.present(embeddingConfig);
        responseFormat = NewAgent.present(responseFormat);
        cleared = Set.copyOf(cleared);
    }

    /** Reads a body; keys that mean nothing here are ignored. 422 when a type does not fit. */
    public static AgentPatch read(ObjectNode body) {
        ObjectNode copy = body.deepCopy();
        ArrayNode cleared = copy.putArray("cleared");
        body.fields().forEachRemaining(field -> {
            if (field.getValue().isNull()) {
                cleared.add(field.getKey());
            }
        });
        return NewAgent.bind(copy, AgentPatch.class);
    }

    /** The tools' environment, null when it stays. */
    @Nullable
    Map<String, String> environment() {
        return secrets == null ? toolExecEnvironmentVariables : secrets;
    }
}
