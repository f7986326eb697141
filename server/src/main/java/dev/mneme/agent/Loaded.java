package dev.mneme.agent;

import dev.mneme.file.AgentFile;
import dev.mneme.file.Folder;
import dev.mneme.memory.Block;
import dev.mneme.message.Message;
import dev.mneme.tool.ToolRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An agent with what was asked for of the things that hang on it; the rest is empty.
 *
 * @param messageIds the context in order, always there; the system message first
 * @param blocks in attachment order, likewise tools
 * @param tags sorted
 * @param managedGroup the group that it manages, of several the one of its background agents
 * @param identities whom it belongs to, oldest first
 * @param folders in order of attachment
 * @param files of these folders, the one looked at last first
 * @param pendingApproval the last message in context if it is an open approval request and was asked for
 */
public record Loaded(
        AgentState state,
        List<String> messageIds,
        List<Block> blocks,
        List<ToolRow> tools,
        List<String> tags,
        List<AgentSecret> secrets,
        @Nullable Message pendingApproval,
        @Nullable GroupState managedGroup,
        List<Identity> identities,
        List<Folder> folders,
        List<AgentFile> files) {
    public Loaded {
        messageIds = List.copyOf(messageIds);
        blocks = List.copyOf(blocks);
        tools = List.copyOf(tools);
        tags = List.copyOf(tags);
        secrets = List.copyOf(secrets);
        identities = List.copyOf(identities);
        folders = List.copyOf(folders);
        files = List.copyOf(files);
    }
}
