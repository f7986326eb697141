package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.agent.AgentSnapshot;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.memory.Prompt;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import dev.mneme.tool.ToolRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one step is made from. Immutable.
 *
 * @param prompt what the model gets as its system prompt
 * @param storedPrompt what row 0 of the context must become; null when it is right as it is
 * @param allowed what may be called in this step
 * @param clientTools tools that the caller runs itself
 */
record StepPlan(
        AgentSnapshot agent,
        Kind kind,
        LlmConfig config,
        String prompt,
        @Nullable String storedPrompt,
        RuleBook rules,
        RuleBook.Allowed allowed,
        List<ToolSpec> clientTools) {
    /**
     * The plan for a step now. The prompt is compiled from the current blocks; the stored text stays as long as nothing but its metadata
     * section would change, so that a provider's cache keeps its prefix.
     *
     * @param history what this request has called so far
     * @param now microseconds
     */
    static StepPlan of(AgentSnapshot agent, TurnInput input, CallHistory history, long now) {
        TurnOptions options = input.options();
        Prompt.Compiled current = Prompt.compile(agent.promptParts(input.conversationId(), now));
        String stored =
                agent.context().isEmpty() ? "" : agent.context().getFirst().text();
        boolean right = current.sameButForMetadata(stored);
        String prompt = right ? stored : current.text();
        RuleBook rules = RuleBook.of(agent.state().toolRules());
        return new StepPlan(
                agent,
                Kind.of(agent.state().agentType()),
                options.overrideModel() == null ? agent.state().llmConfig() : options.overrideModel(),
                options.overrideSystem() == null
                        ? prompt + Objects.requireNonNullElse(options.skills(), "")
                        : options.overrideSystem(),
                right ? null : prompt,
                rules,
                rules.allowed(names(agent, options.clientTools()), history),
                options.clientTools());
    }

    private static List<String> names(AgentSnapshot agent, List<ToolSpec> clientTools) {
        return Stream.concat(
                        agent.tools().stream().map(ToolRow::name),
                        clientTools.stream().map(ToolSpec::name))
                .distinct()
                .toList();
    }

    /** Whether calls of this tool wait for an answer from outside: a person's, or that of the client that runs it itself. */
    boolean waits(String tool) {
        return allowed.tools().contains(tool) && (rules.guarded(tool) || isClients(tool));
    }

    private boolean isClients(String tool) {
        return clientTools.stream().anyMatch(spec -> spec.name().equals(tool));
    }

    /** The plan with the model that answered instead of the agent's own; null: its own did. */
    StepPlan answeredBy(@Nullable LlmConfig other) {
        return other == null
                ? this
                : new StepPlan(agent, kind, other, prompt, storedPrompt, rules, allowed, clientTools);
    }

    /** The call of the model that this step makes. */
    ModelRequest request(TurnInput input) {
        List<Message> context = agent.context();
        List<Message> rows = context.isEmpty() ? context : context.subList(1, context.size());
        List<ToolSpec> specs = specs();
        return new ModelRequest(
                asked(input.options()),
                prompt,
                kind.heartbeats() ? CallShape.history(rows, kind.asksThoughts(config)) : rows,
                specs,
                choice(specs),
                Boolean.TRUE.equals(config.parallelToolCalls()) && kind.textEnds() && !rules.ordersCalls(),
                input.options().streamTokens(),
                input.agentId(),
                input.userId(),
                agent.state().timezone(),
                agent.state().agentType());
    }

    /** The model as this call asks it. Where answers are calls, their form stands in the schema of the tool and not here. */
    private LlmConfig asked(TurnOptions options) {
        return config.asking(
                kind.textEnds() ? responseFormat() : null,
                options.logprobs() || config.returnLogprobs(),
                options.topLogprobs() == null ? config.topLogprobs() : options.topLogprobs());
    }

    private ToolChoice choice(List<ToolSpec> specs) {
        if (specs.isEmpty() || !(kind.mustCall(config) || allowed.forced())) {
            return ToolChoice.AUTO;
        }
        return specs.size() == 1 ? ToolChoice.named(specs.getFirst().name()) : ToolChoice.REQUIRED;
    }

    /** The calls of an answer that count (contract 02 §4): all where the agent may make several, else the first. */
    List<ToolCall> counting(List<ToolCall> calls) {
        boolean several = kind.textEnds() && Boolean.TRUE.equals(config.parallelToolCalls());
        return several || calls.size() < 2 ? calls : calls.subList(0, 1);
    }

    /** Whether text ends the turn: by its kind, because nothing may be called in this step, or because no tool speaks for the agent. */
    boolean textEnds() {
        return kind.textEnds() || specs().isEmpty() || !attached().contains(CallShape.SPEECH);
    }

    /** Names of all tools, attached ones in the order of attachment, then the client's. */
    List<String> attached() {
        return names(agent, clientTools);
    }

    Map<String, ToolRow> toolsByName() {
        Map<String, ToolRow> out = new LinkedHashMap<>();
        agent.tools().forEach(tool -> out.put(tool.name(), tool));
        return out;
    }

    private @Nullable JsonNode responseFormat() {
        return config.responseFormat() == null ? agent.state().responseFormat() : config.responseFormat();
    }

    /** The tools that may be called in this step, as the model is told of them. */
    List<ToolSpec> specs() {
        List<ToolSpec> out = new ArrayList<>();
        for (ToolRow tool : agent.tools()) {
            if (tool.jsonSchema() != null && !isClients(tool.name())) {
                out.add(new ToolSpec(
                        tool.name(),
                        tool.jsonSchema().path("description").asText(""),
                        tool.jsonSchema().path("parameters")));
            }
        }
        out.addAll(clientTools);
        return out.stream()
                .filter(spec -> allowed.tools().contains(spec.name()))
                .map(this::shaped)
                .toList();
    }

    private ToolSpec shaped(ToolSpec spec) {
        return kind.heartbeats()
                ? CallShape.widened(
                        CallShape.answering(spec, responseFormat()),
                        !rules.ends(spec.name()),
                        kind.asksThoughts(config))
                : spec;
    }
}
