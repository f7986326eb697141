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
        return AgentViews.memory(agent, held, agents.filesOf(org, agentId, (files, tx) -> files.files(tx, agentId)));
    }

    private Answer list(Call call) {
        List<Block> held = new ArrayList<>(agents.blocksOf(call.org(), call.at("agent_id")));
        Comparator<Block> byAge = Comparator.comparingLong(Block::createdAt).thenComparing(Block::id);
        held.sort(call.at(Paging.DESC).equals("asc") ? byAge : byAge.reversed());
        List<Block> page =
                Slices.page(held, Block::id, call.maybe(Paging.BEFORE), call.maybe(Paging.AFTER), call.at(LIMIT));
        return Answer.ok(page.stream().map(BlockRoutes::view).toList());
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
