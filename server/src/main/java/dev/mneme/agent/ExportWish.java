package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent file should hold besides the agent (contract 10 §1).
 *
 * @param conversationId the conversation whose context is exported; null or default: the agent's own thread
 * @param scrubMessages leave all messages out
 * @param skills copied into the file as they are
 */
public record ExportWish(@Nullable String conversationId, boolean scrubMessages, List<JsonNode> skills, Extent extent) {
    public static final ExportWish PLAIN = new ExportWish(null, false, List.of(), Extent.USUAL);

    /** How far an export goes. */
    public enum Extent {
        /** The agent with its blocks, tools and messages in context: what a template needs. */
        ALONE,
        /** With the groups it manages and their members, its folders and files, the servers of its tools: as the retired server did. */
        USUAL,
        /** With all it ever lived through: every message, conversations, archives with their vectors, identities. */
        COMPLETE
    }

    boolean complete() {
        return extent == Extent.COMPLETE;
    }
}
