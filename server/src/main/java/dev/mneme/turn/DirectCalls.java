package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.agent.AgentState;
import dev.mneme.agent.Agents;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.store.Db;
import dev.mneme.tool.CustomTools;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.ToolType;
import dev.mneme.tool.Toolbox;
import dev.mneme.tool.Tools;
import org.jspecify.annotations.Nullable;

/**
 * Calls one tool of an agent for a person rather than for a model: no rules, no approvals, and nothing is stored but what the tool itself
 * does (contract 05 §5). Thread-safe.
 */
public final class DirectCalls {
    private final Db db;
    private final Agents agents;
    private final Tools tools;
    private final Toolbox toolbox;
    private final CustomTools custom;

    public DirectCalls(Db db, Agents agents, Tools tools, Toolbox toolbox, CustomTools custom) {
        this.db = db;
        this.agents = agents;
        this.tools = tools;
        this.toolbox = toolbox;
        this.custom = custom;
    }

    /** How a call ended. fingerprint: of the environment of a tool that people wrote; null: a tool of another kind. */
    public record Called(ToolOutcome outcome, @Nullable String fingerprint) {}

    /** Calls a tool that the agent has; 404 when it has none of that name. */
    public Called call(String org, @Nullable String userId, String agentId, String name, ObjectNode arguments) {
        AgentState agent = agents.get(org, agentId);
        ToolRow row = db.of(org).read(tx -> tools.ofAgent(tx, agentId)).stream()
                .filter(tool -> tool.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        Problem.notFound("Tool '" + name + "' not found on agent '" + agentId + "': attach it first."));
        ToolContext context = new ToolContext(
                org,
                userId == null ? Db.DEFAULT_USER : userId,
                IdKind.RUN.next(),
                agentId,
                agentId,
                null,
                agent.timezone(),
                db.clock().now());
        boolean written = row.toolType().equals(ToolType.CUSTOM.word());
        ToolOutcome outcome;
        try {
            ToolEffect effect =
                    written ? custom.plainCall(row, arguments, context) : toolbox.call(row, arguments, context);
            outcome = db.of(org).write(effect::apply);
        } catch (RuntimeException e) {
            // The tool edge, as in a turn: a tool that breaks is an answer, not a failure of the server.
            outcome = new ToolOutcome.Failed("Error executing function " + name + ": " + e.getMessage(), null);
        }
        return new Called(clipped(outcome, row.returnCharLimit()), written ? custom.fingerprint(row, org) : null);
    }

    /** Texts longer than the tool's limit are cut; objects and lists stay whole. */
    private static ToolOutcome clipped(ToolOutcome outcome, int limit) {
        return outcome instanceof ToolOutcome.Ok(JsonNode value, var stdout, var stderr) && value.isTextual()
                ? new ToolOutcome.Ok(TextNode.valueOf(ToolRunner.clip(value.asText(), limit)), stdout, stderr)
                : outcome;
    }

    /** A text as a model may be shown it. limit: characters, 0: none. */
    public static String clipped(String text, int limit) {
        return ToolRunner.clip(text, limit);
    }
}
