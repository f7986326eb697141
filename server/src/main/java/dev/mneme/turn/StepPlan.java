package dev.mneme.turn;

import dev.mneme.agent.AgentSnapshot;
import dev.mneme.llm.ModelRequest;
import dev.mneme.memory.Prompt;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.ToolSpec;
import dev.mneme.tool.ToolRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one step is made from. Immutable.
 *
 * @param prompt what the model gets as its system prompt
 * @param storedPrompt what row 0 of the context must become; null when it is right as it is
 */
record StepPlan(
        AgentSnapshot agent,
        LlmConfig config,
        String prompt,
        @Nullable String storedPrompt,
        TurnRules rules) {
    /**
     * The plan for a step now. The prompt is compiled from the current blocks; the stored text stays as long as nothing but its metadata
     * section would change, so that a provider's cache keeps its prefix.
     *
     * @param now microseconds
     */
    static StepPlan of(AgentSnapshot agent, TurnInput input, long now) {
        LlmConfig config = input.options().overrideModel() == null
                ? agent.state().llmConfig()
                : input.options().overrideModel();
        Prompt.Compiled current = Prompt.compile(agent.promptParts(input.conversationId(), now));
        String stored =
                agent.context().isEmpty() ? "" : agent.context().getFirst().text();
        boolean right = current.sameButForMetadata(stored);
        String prompt = right ? stored : current.text();
        return new StepPlan(
                agent,
                config,
                input.options().overrideSystem() == null
                        ? prompt
                        : input.options().overrideSystem(),
                right ? null : prompt,
                TurnRules.of(agent.state().toolRules()));
    }

    /** The call of the model that this step makes. */
    ModelRequest request(TurnInput input) {
        List<Message> context = agent.context();
        return new ModelRequest(
                config,
                prompt,
                context.isEmpty() ? context : context.subList(1, context.size()),
                specs(),
                ModelRequest.ToolChoice.AUTO,
                parallel(),
                input.options().streamTokens(),
                input.agentId(),
                input.userId(),
                agent.state().timezone(),
                agent.state().agentType());
    }

    /** Whether the provider may answer several calls. */
    boolean parallel() {
        return Boolean.TRUE.equals(config.parallelToolCalls());
    }

    Map<String, ToolRow> toolsByName() {
        Map<String, ToolRow> out = new LinkedHashMap<>();
        agent.tools().forEach(tool -> out.put(tool.name(), tool));
        return out;
    }

    /** The tools as the model is told of them. */
    List<ToolSpec> specs() {
        List<ToolSpec> out = new ArrayList<>();
        for (ToolRow tool : agent.tools()) {
            if (tool.jsonSchema() != null) {
                out.add(new ToolSpec(
                        tool.name(),
                        tool.jsonSchema().path("description").asText(""),
                        tool.jsonSchema().path("parameters")));
            }
        }
        return out;
    }
}
