package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.turn.InputMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to an agent, as the door hands it to the desk.
 *
 * @param conversationId null: the agent's default thread
 * @param messages at least one
 * @param otidKey the client's own otids joined, null unless it gave one for every message: the same key joins the earlier run
 * @param bodyHash hash of the body, to recognise a repeat
 * @param repeat whether the client says that it repeats an earlier try
 */
public record Submit(
        String organizationId,
        String userId,
        String agentId,
        @Nullable String conversationId,
        List<InputMessage> messages,
        RunOptions options,
        @Nullable String otidKey,
        String bodyHash,
        boolean repeat) {
    /** The same with other messages. */
    Submit withMessages(List<InputMessage> others) {
        return new Submit(organizationId, userId, agentId, conversationId, others, options, otidKey, bodyHash, repeat);
    }

    /** The same request under a key of the server's own, so that handing it in again joins the first run. */
    Submit keyed(String key) {
        return new Submit(organizationId, userId, agentId, conversationId, messages, options, key, bodyHash, repeat);
    }

    /** The same request at a time of its own: it joins no other run but the one of this key. */
    Submit due(String key, JsonNode metadata) {
        return new Submit(
                organizationId,
                userId,
                agentId,
                conversationId,
                messages,
                options.withMetadata(metadata),
                key,
                key,
                false);
    }

    /** The thread whose lease the run needs: one turn at a time on each. */
    public String threadId() {
        return conversationId == null ? agentId : conversationId;
    }
}
