package dev.mneme.message;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A stored message. Immutable; one row of the table of the same name.
 *
 * @param id {@code message-<uuid4>}
 * @param agentId the agent it belongs to
 * @param conversationId null in the agent's default thread
 * @param content parts in order; empty for pure tool calls
 * @param toolCalls calls of an assistant or approval row, in order
 * @param toolReturns returns of a tool row, in call order
 * @param approval JSON of an approval answer, null on every other row
 * @param name of a user, or of the first tool executed on a tool row
 * @param otid the client's own id of an input message
 * @param input whether the row came with a request
 * @param createdAt microseconds since 1970 UTC; orders the history
 */
public record Message(
        String id,
        String agentId,
        @Nullable String conversationId,
        Role role,
        List<Content> content,
        List<ToolCall> toolCalls,
        List<ToolReturn> toolReturns,
        @Nullable String approval,
        @Nullable String name,
        @Nullable String otid,
        @Nullable String senderId,
        @Nullable String groupId,
        @Nullable String model,
        @Nullable String stepId,
        @Nullable String runId,
        boolean input,
        @Nullable Boolean isErr,
        long createdAt) {
    public Message {
        content = List.copyOf(content);
        toolCalls = List.copyOf(toolCalls);
        toolReturns = List.copyOf(toolReturns);
    }

    /** A system message outside any run. */
    public static Message system(String id, String agentId, String text, long createdAt) {
        return new Message(
                id,
                agentId,
                null,
                Role.SYSTEM,
                List.of(new Content.Text(text)),
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                createdAt);
    }

    public Message withCreatedAt(long at) {
        return new Message(
                id,
                agentId,
                conversationId,
                role,
                content,
                toolCalls,
                toolReturns,
                approval,
                name,
                otid,
                senderId,
                groupId,
                model,
                stepId,
                runId,
                input,
                isErr,
                at);
    }

    /** All text parts joined by nothing. */
    public String text() {
        StringBuilder out = new StringBuilder();
        for (Content part : content) {
            if (part instanceof Content.Text text) {
                out.append(text.text());
            }
        }
        return out.toString();
    }

    /** The same message in a conversation's thread. */
    public Message inConversation(String conversation) {
        return new Message(
                id,
                agentId,
                conversation,
                role,
                content,
                toolCalls,
                toolReturns,
                approval,
                name,
                otid,
                senderId,
                groupId,
                model,
                stepId,
                runId,
                input,
                isErr,
                createdAt);
    }

    public Message withContent(List<Content> parts) {
        return new Message(
                id,
                agentId,
                conversationId,
                role,
                parts,
                toolCalls,
                toolReturns,
                approval,
                name,
                otid,
                senderId,
                groupId,
                model,
                stepId,
                runId,
                input,
                isErr,
                createdAt);
    }

    public Message withCalls(List<ToolCall> calls) {
        return new Message(
                id,
                agentId,
                conversationId,
                role,
                content,
                calls,
                toolReturns,
                approval,
                name,
                otid,
                senderId,
                groupId,
                model,
                stepId,
                runId,
                input,
                isErr,
                createdAt);
    }

    /**
     * The id of one piece of a row as clients see it (contract 03 §2): the row's uuid with its low seven bits set to the
     * index of the piece, without the {@code message-} prefix.
     */
    public static String otid(String messageId, int piece) {
        UUID uuid = UUID.fromString(messageId.substring(messageId.indexOf('-') + 1));
        long low = (uuid.getLeastSignificantBits() & ~0x7fL) | (piece & 0x7f);
        return new UUID(uuid.getMostSignificantBits(), low).toString();
    }
}
