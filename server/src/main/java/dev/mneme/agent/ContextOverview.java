package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.Weight;
import dev.mneme.memory.Prompt;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.tool.ToolRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What fills the context window of an agent, with estimated tokens of each part (contract 04 §2). The components are the contract's fields.
 *
 * @param contextWindowSizeCurrent the sum of all parts
 * @param messages everything in context, the system message first; its tokens count under the parts of the prompt
 */
public record ContextOverview(
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
        int numTokensDirectories,
        @Nullable String directories,
        int numTokensToolUsageRules,
        @Nullable String toolUsageRules,
        int numTokensSummaryMemory,
        @Nullable String summaryMemory,
        int numTokensFunctionsDefinitions,
        List<JsonNode> functionsDefinitions,
        int numTokensMessages,
        List<Message> messages) {
    private static final String SUMMARY_MARK = "The following is a summary of the previous ";

    static ContextOverview of(AgentSnapshot agent, long now) {
        String prompt =
                Prompt.compile(agent.promptParts(agent.conversationId(), now)).text();
        String metadata = section(prompt, "memory_metadata");
        String core = section(prompt, "memory_blocks");
        String directories = agent.directories();
        String rules = section(prompt, "tool_usage_rules");
        String base = prompt.replace(metadata, "")
                .replace(core, "")
                .replace(directories, "")
                .replace(rules, "")
                .strip();
        List<Message> said = agent.context()
                .subList(Math.min(1, agent.context().size()), agent.context().size());
        String summary = summary(said);
        List<JsonNode> functions =
                agent.tools().stream().<JsonNode>map(ContextOverview::function).toList();
        int summaryTokens = summary == null ? 0 : tokens(summary);
        int functionTokens = functions.isEmpty() ? 0 : tokens(Json.write(functions));
        int messageTokens = said.stream().mapToInt(Weight::words).sum() - summaryTokens;
        return new ContextOverview(
                agent.state().llmConfig().contextWindow(),
                tokens(metadata)
                        + tokens(base)
                        + tokens(core)
                        + tokens(directories)
                        + tokens(rules)
                        + summaryTokens
                        + functionTokens
                        + messageTokens,
                agent.context().size(),
                (int) agent.passages(),
                (int) agent.messages(),
                tokens(metadata),
                metadata,
                tokens(base),
                base,
                tokens(core),
                core,
                tokens(directories),
                directories.isEmpty() ? null : directories,
                tokens(rules),
                rules.isEmpty() ? null : rules,
                summaryTokens,
                summary,
                functionTokens,
                functions,
                messageTokens,
                agent.context());
    }

    /** The last element of this name, with its tags; empty when there is none. */
    private static String section(String prompt, String tag) {
        int open = prompt.lastIndexOf("<" + tag + ">");
        String end = "</" + tag + ">";
        int close = open < 0 ? -1 : prompt.indexOf(end, open);
        return close < 0 ? "" : prompt.substring(open, close + end.length());
    }

    private static @Nullable String summary(List<Message> said) {
        if (said.isEmpty()) {
            return null;
        }
        Message first = said.getFirst();
        boolean right = first.role() == Role.SUMMARY || first.role() == Role.USER;
        return right && first.text().contains(SUMMARY_MARK) ? first.text() : null;
    }

    private static ObjectNode function(ToolRow tool) {
        JsonNode schema = tool.jsonSchema() == null ? Json.object() : tool.jsonSchema();
        ObjectNode function = Json.object().put("name", tool.name()).put("description", tool.description());
        function.set(
                "parameters", schema.path("parameters").isMissingNode() ? Json.object() : schema.get("parameters"));
        function.putNull("strict");
        ObjectNode out = Json.object().put("type", "function");
        out.set("function", function);
        return out;
    }

    private static int tokens(String text) {
        return Weight.of(text);
    }
}
