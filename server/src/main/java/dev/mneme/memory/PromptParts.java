package dev.mneme.memory;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a system prompt is made from.
 *
 * @param base the agent's own system text, with or without {@code {CORE_MEMORY}}
 * @param blocks in order of attachment
 * @param directories the section that shows folders and files; empty: there are none
 * @param toolRules array of rules, as in the agent's JSON
 * @param earlierMessages rows of the agent that are not in the context
 * @param archivalPassages passages in the agent's archive
 * @param archiveTags tags of these passages, sorted
 * @param conversationId null: the default thread
 * @param timezone zone id; one that does not exist counts as UTC
 * @param now microseconds since 1970 UTC
 */
public record PromptParts(
        String base,
        String agentType,
        String modelEndpointType,
        List<Block> blocks,
        String directories,
        JsonNode toolRules,
        long earlierMessages,
        long archivalPassages,
        List<String> archiveTags,
        String agentId,
        @Nullable String conversationId,
        String timezone,
        long now) {
    public PromptParts {
        blocks = List.copyOf(blocks);
        archiveTags = List.copyOf(archiveTags);
    }
}
