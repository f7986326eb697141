package dev.mneme.turn;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.message.TurnEvent;
import dev.mneme.store.Tx;
import java.util.List;
import java.util.function.Supplier;

/** Where a turn writes what its readers see. Owned by one turn at a time. */
public interface TurnLog {
    /** A delta: readers get it at once; on disk within a moment and with the next ledger entry at the latest. */
    void delta(TurnEvent event);

    /** Adds an entry to a list in the run's metadata, at once: what people should see of a run while it waits. */
    void note(String list, ObjectNode entry);

    /** Rows of a step, stored in its transaction; readers get them after the commit. */
    void record(Tx tx, List<TurnEvent> events);

    /** Ends the run in the same transaction as its last rows: status, usage, events, lease. */
    void finish(Tx tx, TurnResult result);

    /** Whether the run still exists: false when its agent was deleted meanwhile. */
    boolean alive(Tx tx);

    /** Waits for something that a wish to stop may break: the waiting thread is then interrupted. Nothing is stored in here. */
    <T> T breakable(Supplier<T> wait);

    /** Whether somebody asked to stop. Looked at between tokens and between steps. */
    boolean cancelled();
}
