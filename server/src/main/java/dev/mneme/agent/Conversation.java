package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A thread of messages of one agent beside its default one: one row of the table of the same name (contract 03 §6, 12.4).
 *
 * @param summary a title that people give
 * @param model handle of a model of its own, null: as the agent; not checked before somebody talks
 * @param modelSettings with all fields of their provider's kind
 * @param lastMessageAt microseconds since 1970 UTC, likewise the other times; null: nobody has talked yet
 */
public record Conversation(
        String id,
        String agentId,
        @Nullable String summary,
        @Nullable String model,
        @Nullable JsonNode modelSettings,
        @Nullable Long lastMessageAt,
        @Nullable Long lastRunCompletion,
        long createdAt,
        long updatedAt,
        @Nullable String createdById,
        @Nullable String lastUpdatedById) {

    /**
     * A conversation with what hangs on it.
     *
     * @param messageIds what is in its context, in order; the system message first
     * @param isolatedBlockIds its private copies of blocks
     */
    public record Full(Conversation state, List<String> messageIds, List<String> isolatedBlockIds) {
        public Full {
            messageIds = List.copyOf(messageIds);
            isolatedBlockIds = List.copyOf(isolatedBlockIds);
        }
    }

    /** What somebody wants a new conversation to be. isolatedLabels: blocks that it gets private copies of. */
    public record Wish(
            @Nullable String summary,
            @Nullable String model,
            @Nullable JsonNode modelSettings,
            List<String> isolatedLabels) {
        public Wish {
            isolatedLabels = List.copyOf(isolatedLabels);
        }
    }

    /** What is to be changed; null: as it is. lastMessageAt: microseconds. */
    public record Patch(
            @Nullable String summary,
            @Nullable String model,
            @Nullable JsonNode modelSettings,
            @Nullable Long lastMessageAt) {}

    /**
     * Which conversations to list.
     *
     * @param after id of the one that the page follows in its order; 404 when there is none
     * @param contained in the summary, letter for letter
     */
    public record Filter(
            @Nullable String agentId,
            @Nullable String after,
            @Nullable String contained,
            Order order,
            boolean ascending,
            int limit) {}

    /** What lists are sorted by; those that have no such time come last. */
    public enum Order {
        CREATED_AT,
        LAST_MESSAGE_AT,
        LAST_RUN_COMPLETION
    }
}
