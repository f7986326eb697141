package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message to an agent and how to answer it (contract 02 §2, 03 §4). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SendMessages(
        @Nullable List<JsonNode> messages,
        @Nullable JsonNode input,
        @Nullable Integer maxSteps,
        @Nullable Boolean useAssistantMessage,
        @Nullable String assistantMessageToolName,
        @Nullable String assistantMessageToolKwarg,
        @Nullable List<String> includeReturnMessageTypes,
        @Nullable JsonNode enableThinking,
        @Nullable List<JsonNode> clientTools,
        @Nullable List<JsonNode> clientSkills,
        @Nullable String overrideModel,
        @Nullable Boolean includeCompactionMessages,
        @Nullable Boolean returnLogprobs,
        @Nullable Integer topLogprobs,
        @Nullable Boolean returnTokenIds,
        @Nullable String overrideSystem,
        @Nullable Boolean streaming,
        @Nullable Boolean streamTokens,
        @Nullable Boolean includePings,
        @Nullable Boolean background,
        @Nullable String callbackUrl) {}
