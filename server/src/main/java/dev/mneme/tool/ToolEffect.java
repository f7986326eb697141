package dev.mneme.tool;

import dev.mneme.store.Tx;

/**
 * The second half of a call: applied inside the transaction that also stores the call and its return, so that they are never
 * stored apart. Short and free of waiting; slow work was done before, in {@link Tool#call}.
 */
@FunctionalInterface
public interface ToolEffect {
    ToolOutcome apply(Tx tx);
}
