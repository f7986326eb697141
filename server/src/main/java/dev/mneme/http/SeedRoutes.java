package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.agent.AgentState;
import dev.mneme.agent.Agents;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.memory.Archival;
import dev.mneme.memory.Block;
import dev.mneme.memory.BlockPatch;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.FoundPassage;
import dev.mneme.memory.PassageQuery;
import dev.mneme.memory.Recall;
import dev.mneme.tool.ToolFilter;
import dev.mneme.tool.Tools;
import dev.mneme.wire.CreatePassage;
import java.util.List;
import java.util.Map;

/** Paths of 2024 that today's API names otherwise, for old clients and the curl lines of old papers (contract 14). */
final class SeedRoutes {
    private static final Param<String> QUERY = Param.text("query", "what to look for");
    private static final Param<Integer> COUNT = Param.whole("count", 0, 0, PassageQuery.MOST, "hits at most");
    private static final Param<Integer> LIMIT = Paging.limit(1000);
    private static final String AGENT = "/v1/agents/{agent_id:agent}";
    /** Hits of a search that names no number. */
    private static final int STANDARD_HITS = 10;

    private final Agents agents;
    private final Blocks blocks;
    private final Recall recall;
    private final Archival archival;
    private final ArchivalRoutes today;
    private final AgentMemoryRoutes core;
    private final Tools tools;

    SeedRoutes(Rooms rooms, ArchivalRoutes today, AgentMemoryRoutes core) {
        this.agents = rooms.agents();
        this.blocks = rooms.blocks();
        this.recall = rooms.recall();
        this.archival = rooms.archival();
        this.tools = rooms.tools();
        this.today = today;
        this.core = core;
    }

    List<Route> routes() {
        return List.of(
                Route.get(AGENT + "/memory", "As core-memory, with the old memory map")
                        .by(call -> Answer.ok(memory(call))),
                Route.patch(AGENT + "/memory", "Changes blocks by label: {\"human\": \"…\"}")
                        .body(JsonBody.class)
                        .by(this::modifyMemory),
                Route.get(AGENT + "/memory/recall", "How many messages there are")
                        .by(this::recallSize),
                Route.get(AGENT + "/memory/archival", "How many passages there are")
                        .by(this::archivalSize),
                Route.get(AGENT + "/memory/messages", "The messages in context, whole")
                        .by(this::contextMessages),
                Route.get(AGENT + "/archival", "As archival-memory; with query a search, count hits")
                        .takes(QUERY, COUNT, LIMIT, Paging.BEFORE, Paging.AFTER)
                        .by(this::passages),
                Route.post(AGENT + "/archival", "As archival-memory")
                        .body(CreatePassage.class)
                        .by(today::add),
                Route.delete(AGENT + "/archival/{memory_id:passage}", "As archival-memory")
                        .by(today::delete),
                Route.get("/v1/tools/name/{tool_name}", "The id of a tool by its name")
                        .by(this::toolId));
    }

    /** Stands for a body that is a free map. */
    record JsonBody() {}

    private Object memory(Call call) {
        String agentId = call.at("agent_id");
        var out = (com.fasterxml.jackson.databind.node.ObjectNode) Json.tree(core.memory(call.org(), agentId));
        var map = out.putObject("memory");
        for (Block block : agents.blocksOf(call.org(), agentId)) {
            map.putObject(block.label())
                    .put("label", block.label())
                    .put("value", block.value())
                    .put("limit", block.limit());
        }
        return out;
    }

    private Answer modifyMemory(Call call) {
        String agentId = agents.get(call.org(), call.at("agent_id")).id();
        if (!call.json().isObject()) {
            throw Problem.unprocessable("The body must be an object of labels and their new values.");
        }
        for (Map.Entry<String, JsonNode> field : call.json().properties()) {
            JsonNode value = field.getValue().isObject() ? field.getValue().path("value") : field.getValue();
            if (!value.isTextual()) {
                throw Problem.unprocessable("The new value of " + field.getKey() + " must be a text.");
            }
            blocks.patchByLabel(call.org(), call.user(), agentId, field.getKey(), BlockPatch.value(value.textValue()));
        }
        agents.recompile(call.org(), agentId, false, false);
        return Answer.ok(memory(call));
    }

    private Answer recallSize(Call call) {
        String agentId = agents.get(call.org(), call.at("agent_id")).id();
        return Answer.ok(Map.of("size", recall.count(call.org(), agentId)));
    }

    private Answer archivalSize(Call call) {
        String agentId = agents.get(call.org(), call.at("agent_id")).id();
        return Answer.ok(Map.of("size", archival.count(call.org(), agentId)));
    }

    private Answer contextMessages(Call call) {
        AgentState agent = agents.get(call.org(), call.at("agent_id"));
        return Answer.ok(recall.context(call.org(), agent.id()).stream()
                .map(row -> MessageViews.of(row, agent.createdById()))
                .toList());
    }

    private Answer passages(Call call) {
        String agentId = call.at("agent_id");
        int count = call.at(COUNT);
        String query = call.maybe(QUERY);
        if (query != null && !query.isBlank()) {
            int hits = count == 0 ? STANDARD_HITS : count;
            return ArchivalRoutes.views(
                    call,
                    archival.search(call.org(), agentId, PassageQuery.of(query, hits)).stream()
                            .map(FoundPassage::passage)
                            .toList());
        }
        int limit = count == 0 ? call.at(LIMIT) : count;
        return ArchivalRoutes.views(
                call,
                archival.list(
                        call.org(), agentId, null, call.maybe(Paging.AFTER), call.maybe(Paging.BEFORE), limit, true));
    }

    private Answer toolId(Call call) {
        String name = call.at("tool_name");
        ToolFilter named = new ToolFilter(
                name, List.of(), List.of(), null, List.of(), List.of(), false, false, null, null, 1, true);
        return tools.list(call.org(), named).stream()
                .findFirst()
                .map(tool -> Answer.ok(tool.id()))
                .orElseThrow(() -> Problem.notFound("Tool with name " + name + " not found."));
    }
}
