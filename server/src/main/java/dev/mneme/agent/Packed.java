package dev.mneme.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.file.AgentFile;
import dev.mneme.file.Folder;
import dev.mneme.memory.Archive;
import dev.mneme.memory.Block;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One agent with all that its export takes along, read in one transaction.
 *
 * @param messageIds the messages of the file, in its order
 * @param groups that it manages
 * @param files as the agent sees them
 * @param archive null: it has none, or the export does not ask for it; likewise empty conversations and identities
 */
record Packed(
        AgentSnapshot snapshot,
        List<String> messageIds,
        List<String> tags,
        List<String> secretKeys,
        List<GroupState> groups,
        List<Folder> folders,
        List<AgentFile> files,
        @Nullable Archive archive,
        List<Thread> conversations,
        List<Identity> identities) {

    String id() {
        return snapshot.state().id();
    }

    /**
     * A conversation with what hangs on it.
     *
     * @param context ids of messages, in order
     * @param shared ids of messages that it took over from another thread
     */
    record Thread(Conversation state, List<String> context, List<String> shared, List<Isolated> isolated) {}

    /** A block of its own in the place of the agent's; copy null: the conversation gave it up. */
    record Isolated(String sharedBlockId, @Nullable Block copy) {}

    /** A server of tools: its id here, and its entry in the file but for the number. */
    record Server(String id, ObjectNode entry) {}
}
