package dev.mneme.http;

import dev.mneme.agent.AgentState;
import dev.mneme.agent.Agents;
import dev.mneme.memory.Block;
import dev.mneme.memory.Blocks;
import dev.mneme.wire.AgentView;
import dev.mneme.wire.BlockView;
import dev.mneme.wire.MemoryView;
import dev.mneme.wire.ModifyBlock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The core memory of an agent: its blocks, by label (contract 04 §1), and the prompt made of them. */
final class AgentMemoryRoutes {
    private static final Param<Integer> LIMIT = Paging.limit(100);
    private static final Param<Boolean> NEW_TIME =
            Param.flag("update_timestamp", true, "the compiled prompt names the present time");
    private static final Param<Boolean> DRY_RUN = Param.flag("dry_run", false, "compile, but store nothing");
    private static final String CORE = "/v1/agents/{agent_id:agent}/core-memory";

    private final Agents agents;
    private final Blocks blocks;
    private final AgentViews views;

    AgentMemoryRoutes(Agents agents, Blocks blocks, AgentViews views) {
        this.agents = agents;
        this.blocks = blocks;
        this.views = views;
    }

    List<Route> routes() {
        return List.of(
                Route.get(CORE, "The core memory of an agent")
                        .gives(MemoryView.class)
                        .by(this::memory),
                Route.get(CORE + "/blocks", "The blocks of an agent, newest first")
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .givesList(BlockView.class)
                        .by(this::list),
                Route.get(CORE + "/blocks/{block_label*}", "The block that an agent holds under a label")
                        .gives(BlockView.class)
                        .by(this::get),
                Route.patch(CORE + "/blocks/{block_label*}", "Changes the block that an agent holds under a label")
                        .body(ModifyBlock.class)
                        .gives(BlockView.class)
                        .by(this::modify),
                Route.patch(CORE + "/blocks/attach/{block_id:block}", "Gives an agent a block")
                        .gives(AgentView.class)
                        .by(this::attach),
                Route.patch(CORE + "/blocks/detach/{block_id:block}", "Takes a block from an agent")
                        .gives(AgentView.class)
                        .by(this::detach),
                Route.post("/v1/agents/{agent_id:agent}/recompile", "Compiles the system prompt anew and answers it")
                        .takes(NEW_TIME, DRY_RUN)
                        .by(this::recompile),
                Route.post("/v1/agents/{agent_id:agent}/system-prompt/recompile", "As recompile")
                        .takes(NEW_TIME, DRY_RUN)
                        .hidden()
                        .by(this::recompile));
    }

    private Answer memory(Call call) {
        return Answer.ok(memory(call.org(), call.at("agent_id")));
    }

    MemoryView memory(String org, String agentId) {
        AgentState agent = agents.get(org, agentId);
        List<BlockView> held =
                agents.blocksOf(org, agentId).stream().map(BlockRoutes::view).toList();
        return AgentViews.memory(agent.agentType(), held);
    }

    private Answer list(Call call) {
        List<Block> held = new ArrayList<>(agents.blocksOf(call.org(), call.at("agent_id")));
        Comparator<Block> byAge = Comparator.comparingLong(Block::createdAt).thenComparing(Block::id);
        held.sort(call.at(Paging.DESC).equals("asc") ? byAge : byAge.reversed());
        List<Block> page = slice(held, call.maybe(Paging.BEFORE), call.maybe(Paging.AFTER), call.at(LIMIT));
        return Answer.ok(page.stream().map(BlockRoutes::view).toList());
    }

    /** The page of a short sorted list; unknown cursors are ignored. limit 0: everything. */
    private static List<Block> slice(List<Block> sorted, @Nullable String before, @Nullable String after, int limit) {
        List<String> ids = sorted.stream().map(Block::id).toList();
        int start = after == null ? 0 : ids.indexOf(after) + 1;
        int end = before == null || !ids.contains(before) ? ids.size() : ids.indexOf(before);
        if (start >= end) {
            return List.of();
        }
        List<Block> window = sorted.subList(start, end);
        if (limit == 0 || window.size() <= limit) {
            return window;
        }
        return before != null && after == null
                ? window.subList(window.size() - limit, window.size())
                : window.subList(0, limit);
    }

    private Answer get(Call call) {
        String agentId = agents.get(call.org(), call.at("agent_id")).id();
        return Answer.ok(BlockRoutes.view(blocks.ofAgentByLabel(call.org(), agentId, call.at("block_label"))));
    }

    private Answer modify(Call call) {
        String agentId = agents.get(call.org(), call.at("agent_id")).id();
        ModifyBlock change = call.body(ModifyBlock.class);
        Block changed = blocks.patchByLabel(
                call.org(), call.user(), agentId, call.at("block_label"), BlockRoutes.patch(change));
        agents.recompile(call.org(), agentId, false, false);
        return Answer.ok(BlockRoutes.view(changed));
    }

    private Answer attach(Call call) {
        agents.attachBlock(call.org(), call.user(), call.at("agent_id"), call.at("block_id"));
        return views.whole(call, call.at("agent_id"));
    }

    private Answer detach(Call call) {
        agents.detachBlock(call.org(), call.user(), call.at("agent_id"), call.at("block_id"));
        return views.whole(call, call.at("agent_id"));
    }

    private Answer recompile(Call call) {
        return Answer.ok(agents.recompile(call.org(), call.at("agent_id"), call.at(NEW_TIME), call.at(DRY_RUN)));
    }
}
