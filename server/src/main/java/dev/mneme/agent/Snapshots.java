package dev.mneme.agent;

import dev.mneme.memory.ArchiveFacts;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.PromptParts;
import dev.mneme.memory.Recall;
import dev.mneme.store.Tx;
import dev.mneme.tool.Tools;

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
        ArchiveFacts archive = ArchiveFacts.of(tx, agent.id());
        return new AgentSnapshot(
                agent,
                threadId,
                blocks.ofAgent(tx, agent.id()),
                tools.ofAgent(tx, agent.id()),
                recall.context(tx, threadId),
                recall.count(tx, agent.id()),
                archive.passages(),
                archive.tags());
    }

    /** What the prompt of the default thread is made from: no message is read. */
    PromptParts promptParts(Tx tx, AgentState agent, long now) {
        ArchiveFacts archive = ArchiveFacts.of(tx, agent.id());
        return AgentSnapshot.parts(
                agent,
                blocks.ofAgent(tx, agent.id()),
                recall.count(tx, agent.id()) - recall.contextIds(tx, agent.id()).size(),
                archive.passages(),
                archive.tags(),
                null,
                now);
    }
}
