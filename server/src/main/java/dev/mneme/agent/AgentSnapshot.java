package dev.mneme.agent;

import dev.mneme.memory.Block;
import dev.mneme.memory.PromptParts;
import dev.mneme.message.Message;
import dev.mneme.tool.ToolRow;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a turn needs to know of its agent, from one consistent read. Immutable.
 *
 * @param threadId the agent's id, or a conversation's
 * @param directories the section of the prompt that shows folders and files; empty: there are none
 * @param context what is in the thread's context, in order; the system message first
 * @param messages rows of the agent in all threads
 * @param passages of the agent's archive
 * @param archiveTags tags of these passages, sorted
 */
public record AgentSnapshot(
        AgentState state,
        String threadId,
        List<Block> blocks,
        String directories,
        List<ToolRow> tools,
        List<Message> context,
        long messages,
        long passages,
        List<String> archiveTags) {
    public AgentSnapshot {
        blocks = List.copyOf(blocks);
        tools = List.copyOf(tools);
        context = List.copyOf(context);
        archiveTags = List.copyOf(archiveTags);
    }

    /** The conversation of this thread; null: the agent's default thread. */
    public @Nullable String conversationId() {
        return threadId.equals(state.id()) ? null : threadId;
    }

    /** The same with rows at the end of the context that are not stored. */
    public AgentSnapshot with(List<Message> more) {
        List<Message> longer = new ArrayList<>(context);
        longer.addAll(more);
        return new AgentSnapshot(state, threadId, blocks, directories, tools, longer, messages, passages, archiveTags);
    }

    /** What the system prompt of this thread is made from. now: microseconds. */
    public PromptParts promptParts(@Nullable String conversationId, long now) {
        return parts(state, blocks, directories, messages - context.size(), passages, archiveTags, conversationId, now);
    }

    static PromptParts parts(
            AgentState state,
            List<Block> blocks,
            String directories,
            long earlierMessages,
            long passages,
            List<String> archiveTags,
            @Nullable String conversationId,
            long now) {
        return new PromptParts(
                state.system(),
                state.agentType(),
                state.llmConfig().modelEndpointType(),
                blocks,
                directories,
                state.toolRules(),
                Math.max(0, earlierMessages),
                passages,
                archiveTags,
                state.id(),
                conversationId,
                state.timezone(),
                now);
    }
}
