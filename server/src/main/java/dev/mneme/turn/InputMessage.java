package dev.mneme.turn;

import dev.mneme.message.Content;
import dev.mneme.message.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One message of a request, before it is stored. otid: the client's own id, or one made when the request was read. */
public record InputMessage(
        Role role,
        List<Content> content,
        String otid,
        @Nullable String name,
        @Nullable String senderId,
        @Nullable String groupId) {
    /** The same, said in a group. */
    public InputMessage inGroup(String group) {
        return new InputMessage(role, content, otid, name, senderId, group);
    }
}
