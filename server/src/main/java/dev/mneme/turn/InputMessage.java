package dev.mneme.turn;

import dev.mneme.message.Content;
import dev.mneme.message.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message of a request, before it is stored.
 *
 * @param otid the client's own id, or one made when the request was read; null only on answers to an approval request
 * @param approval the answer to an approval request, as the JSON list that clients call {@code approvals}; null on ordinary messages
 */
public record InputMessage(
        Role role,
        List<Content> content,
        @Nullable String otid,
        @Nullable String name,
        @Nullable String senderId,
        @Nullable String groupId,
        @Nullable String approval) {
    /** An ordinary message. */
    public InputMessage(
            Role role,
            List<Content> content,
            String otid,
            @Nullable String name,
            @Nullable String senderId,
            @Nullable String groupId) {
        this(role, content, otid, name, senderId, groupId, null);
    }

    /** The answer to an approval request. approvals: a JSON list. */
    public static InputMessage answer(String approvals, @Nullable String senderId, @Nullable String groupId) {
        return new InputMessage(Role.APPROVAL, List.of(), null, null, senderId, groupId, approvals);
    }

    /** The same, said in a group. */
    public InputMessage inGroup(String group) {
        return new InputMessage(role, content, otid, name, senderId, group, approval);
    }
}
