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
public record ExportWish(@Nullable String conversationId, boolean scrubMessages, List<JsonNode> skills) {
    public static final ExportWish PLAIN = new ExportWish(null, false, List.of());
}
