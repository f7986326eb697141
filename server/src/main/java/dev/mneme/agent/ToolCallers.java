package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.account.SandboxConfigs;
import dev.mneme.account.Secrets;
import dev.mneme.base.Json;
import dev.mneme.memory.Block;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.IsolatedBlocks;
import dev.mneme.memory.StateEdits;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.tool.Callers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Agents as the tools that people write see them. */
public final class ToolCallers implements Callers {
    private final Db db;
    private final Secrets secrets;
    private final SandboxConfigs sandboxes;
    private final IsolatedBlocks blocks;
    private final StateEdits edits;

    public ToolCallers(Db db, Secrets secrets, SandboxConfigs sandboxes, Blocks blocks) {
        this.db = db;
        this.secrets = secrets;
        this.sandboxes = sandboxes;
        this.blocks = new IsolatedBlocks(blocks);
        this.edits = new StateEdits(blocks);
    }

    /** What one read transaction finds; values are still sealed. */
    private record Read(
            @Nullable String projectId,
            Map<String, String> own,
            @Nullable ObjectNode state) {}

    @Override
    public Caller agent(String organizationId, String agentId, String threadId, boolean withState) {
        SandboxConfigs.Given shared = sandboxes.given(organizationId);
        Read read = db.of(organizationId).read(tx -> {
            AgentState agent = AgentSql.find(tx, agentId);
            return new Read(
                    agent == null ? null : agent.projectId(),
                    AgentPartsSql.sealedValues(tx, agentId),
                    withState && agent != null ? state(agent, blocks.ofThread(tx, agentId, threadId)) : null);
        });
        Map<String, String> environment = new LinkedHashMap<>(shared.environment());
        read.own().forEach((key, stored) -> environment.put(key, secrets.open(stored)));
        return new Caller(read.projectId(), environment, shared.pip(), read.state());
    }

    @Override
    public Caller organization(String organizationId) {
        SandboxConfigs.Given shared = sandboxes.given(organizationId);
        return new Caller(null, shared.environment(), shared.pip(), null);
    }

    @Override
    public @Nullable String edit(Tx tx, String agentId, String threadId, JsonNode before, JsonNode after) {
        return edits.apply(
                tx,
                agentId,
                threadId,
                before.path("memory").path("blocks"),
                after.path("memory").path("blocks"));
    }

    /** What {@code agent_state} shows: the agent's own fields and its blocks; tools and rules are empty (contract 05 §4). */
    private static ObjectNode state(AgentState agent, List<Block> held) {
        ObjectNode out = Json.object()
                .put("id", agent.id())
                .put("name", agent.name())
                .put("agent_type", agent.agentType())
                .put("description", agent.description())
                .put("system", agent.system())
                .put("timezone", agent.timezone())
                .put("project_id", agent.projectId())
                .put("model", agent.model())
                .put("embedding", agent.embedding());
        out.set("metadata", agent.metadata());
        out.set("llm_config", Json.tree(agent.llmConfig()));
        out.putArray("tools");
        out.putArray("tool_rules");
        ArrayNode blocks = out.putObject("memory").putArray("blocks");
        for (Block block : held) {
            blocks.addObject()
                    .put("id", block.id())
                    .put("label", block.label())
                    .put("value", block.value())
                    .put("limit", block.limit())
                    .put("description", block.description())
                    .put("read_only", block.readOnly())
                    .set("metadata", block.metadata());
        }
        return out;
    }
}
