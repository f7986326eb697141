package dev.mneme.agent;

import dev.mneme.memory.Blocks;
import dev.mneme.memory.PromptParts;
import dev.mneme.memory.Recall;
import dev.mneme.store.Tx;
import dev.mneme.tool.Tools;
import java.util.List;

/** Reads snapshots of agents. */
final class Snapshots {
    private final Blocks blocks;
    private final Recall recall;
    private final Tools tools;

    Snapshots(Blocks blocks, Recall recall, Tools tools) {
        this.blocks = blocks;
        this.recall = recall;
        this.tools = tools;
    }

    /** The whole. */
    AgentSnapshot of(Tx tx, AgentState agent, String threadId) {
        return new AgentSnapshot(
                agent,
                threadId,
                blocks.ofAgent(tx, agent.id()),
                tools.ofAgent(tx, agent.id()),
                recall.context(tx, threadId),
                recall.count(tx, agent.id()),
                0,
                List.of());
    }

    /** What the prompt of the default thread is made from: no message is read. */
    PromptParts promptParts(Tx tx, AgentState agent, long now) {
        return AgentSnapshot.parts(
                agent,
                blocks.ofAgent(tx, agent.id()),
                recall.count(tx, agent.id()) - recall.contextIds(tx, agent.id()).size(),
                0,
                List.of(),
                null,
                now);
    }
}
