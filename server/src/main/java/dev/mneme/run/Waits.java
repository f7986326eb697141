package dev.mneme.run;

import dev.mneme.base.Problem;
import dev.mneme.store.Tx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What agents may start among each other: no matter is passed on for ever, and nobody waits for somebody who waits for him, because a
 * thread does one turn at a time. Stateless.
 */
final class Waits {
    /** Agents that may pass one matter on, one after the other: enough for every sensible chain, an end for every endless one. */
    static final int DEEPEST = 8;

    private Waits() {}

    /** How deep in a chain a run on this thread would stand; refuses what would never end. */
    static int admit(Tx tx, Origin origin, String threadId) {
        OriginSql.Caller caller = origin.callerRunId() == null ? null : OriginSql.caller(tx, origin.callerRunId());
        int depth = caller == null ? 0 : caller.depth() + 1;
        boolean byAgent = origin.kind() == Origin.Kind.ASKED || origin.kind() == Origin.Kind.TOLD;
        if (byAgent && depth > DEEPEST) {
            throw Problem.conflict("This matter went through " + DEEPEST
                    + " agents already and is not passed on any further. Answer with what you know.");
        }
        if (caller != null
                && origin.kind() == Origin.Kind.ASKED
                && closesCircle(OriginSql.waits(tx), caller.threadId(), threadId)) {
            throw Problem.conflict(
                    "That agent is itself waiting for your answer, directly or through others: if you waited for it, both would wait"
                            + " for ever. Finish your own answer, or use send_message_to_agent_async.");
        }
        return depth;
    }

    /** Whether a turn of {@code to} would, over any number of others, wait for {@code from}. */
    static boolean closesCircle(List<OriginSql.Wait> waits, String from, String to) {
        Deque<String> open = new ArrayDeque<>(List.of(to));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String thread = open.pop();
            if (thread.equals(from)) {
                return true;
            }
            if (seen.add(thread)) {
                for (OriginSql.Wait wait : waits) {
                    if (wait.from().equals(thread)) {
                        open.push(wait.to());
                    }
                }
            }
        }
        return false;
    }
}
