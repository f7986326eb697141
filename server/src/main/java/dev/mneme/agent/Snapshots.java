package dev.mneme.agent;

import dev.mneme.file.AgentFiles;
import dev.mneme.memory.ArchiveFacts;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.IsolatedBlocks;
import dev.mneme.memory.Prompt;
import dev.mneme.memory.PromptParts;
import dev.mneme.memory.Recall;
import dev.mneme.store.Tx;
import dev.mneme.tool.Tools;

/** Reads snapshots of agents. */
final class Snapshots {
    private final IsolatedBlocks blocks;
    private final Recall recall;
    private final Tools tools;
    private final AgentFiles files;

    Snapshots(Blocks blocks, Recall recall, Tools tools, AgentFiles files) {
        this.blocks = new IsolatedBlocks(blocks);
        this.recall = recall;
        this.tools = tools;
        this.files = files;
    }

    /** The whole. */
    AgentSnapshot of(Tx tx, AgentState agent, String threadId) {
        ArchiveFacts archive = ArchiveFacts.of(tx, agent.id());
        return new AgentSnapshot(
                agent,
                threadId,
                blocks.ofThread(tx, agent.id(), threadId),
                directories(tx, agent),
                tools.ofAgent(tx, agent.id()),
                recall.context(tx, threadId),
                recall.count(tx, agent.id()),
                archive.passages(),
                archive.tags());
    }

    /** What the prompt of a thread is made from: no message is read. */
    PromptParts promptParts(Tx tx, AgentState agent, String threadId, long now) {
        ArchiveFacts archive = ArchiveFacts.of(tx, agent.id());
        return AgentSnapshot.parts(
                agent,
                blocks.ofThread(tx, agent.id(), threadId),
                directories(tx, agent),
                recall.count(tx, agent.id()) - recall.contextIds(tx, threadId).size(),
                archive.passages(),
                archive.tags(),
                threadId.equals(agent.id()) ? null : threadId,
                now);
    }

    private String directories(Tx tx, AgentState agent) {
        return files.directories(
                        tx, agent.id(), agent.maxFilesOpenOrDefault(), agent.perFileViewWindowCharLimitOrDefault())
                .text(Prompt.withoutMemory(agent.agentType()));
    }
}
