package dev.mneme.tool;

import dev.mneme.store.Tx;
import java.util.List;

/** How a tool reaches other agents; the room that runs turns does it. Thread-safe. Refusals are Problems whose text the model may read. */
public interface Post {
    /** What another agent said, or why it said nothing. */
    record Reply(String agentId, List<String> response) {
        public Reply {
            response = List.copyOf(response);
        }
    }

    /** Says something to an agent of the caller's organisation and waits until its turn has ended. */
    Reply ask(ToolContext caller, String agentId, String message);

    /** The same for every agent with all of these tags and, if some are given, at least one of those; side by side. */
    List<Reply> askTagged(ToolContext caller, List<String> matchAll, List<String> matchSome, String message);

    /** Says something to an agent in the caller's own transaction: it is stored with the caller's step or not at all. */
    void tell(Tx tx, ToolContext caller, String agentId, String message);
}
