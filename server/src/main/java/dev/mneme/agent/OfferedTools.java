package dev.mneme.agent;

import dev.mneme.store.Db;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.code.OwnTools;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tools of an agent as code that it writes may call them: not those that run code, nor those that a person must approve. */
public final class OfferedTools implements OwnTools {
    private static final Set<String> NEVER = Set.of("run_code", "run_code_with_tools", "send_message");

    private final Db db;
    private final Agents agents;

    public OfferedTools(Db db, Agents agents) {
        this.db = db;
        this.agents = agents;
    }

    @Override
    public Offer of(ToolContext caller) {
        AgentSnapshot agent =
                db.of(caller.organizationId()).read(tx -> agents.snapshot(tx, caller.agentId(), caller.threadId()));
        Map<String, List<String>> open = new LinkedHashMap<>();
        List<String> guarded = new ArrayList<>();
        for (ToolRow tool : agent.tools()) {
            if (NEVER.contains(tool.name())) {
                continue;
            }
            if (needsApproval(agent, tool.name())) {
                guarded.add(tool.name());
            } else {
                List<String> parameters = new ArrayList<>();
                if (tool.jsonSchema() != null) {
                    tool.jsonSchema()
                            .path("parameters")
                            .path("properties")
                            .fieldNames()
                            .forEachRemaining(parameters::add);
                }
                open.put(tool.name(), parameters);
            }
        }
        return new Offer(open, guarded);
    }

    private static boolean needsApproval(AgentSnapshot agent, String tool) {
        for (var rule : agent.state().toolRules()) {
            if (rule.path("type").asText().equals(ToolRules.APPROVAL)
                    && rule.path("tool_name").asText().equals(tool)) {
                return true;
            }
        }
        return false;
    }
}
