package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What fills the context window of an agent (contract 04 §2). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ContextView(
        int contextWindowSizeMax,
        int contextWindowSizeCurrent,
        int numMessages,
        int numArchivalMemory,
        int numRecallMemory,
        int numTokensExternalMemorySummary,
        String externalMemorySummary,
        int numTokensSystem,
        String systemPrompt,
        int numTokensCoreMemory,
        String coreMemory,
        int numTokensMemoryFilesystem,
        @Nullable String memoryFilesystem,
        int numTokensToolUsageRules,
        @Nullable String toolUsageRules,
        int numTokensDirectories,
        @Nullable String directories,
        int numTokensSummaryMemory,
        @Nullable String summaryMemory,
        int numTokensFunctionsDefinitions,
        List<JsonNode> functionsDefinitions,
        int numTokensMessages,
        List<JsonNode> messages) {}
