package dev.mneme.run;

import dev.mneme.message.TurnEvent;
import java.util.List;

/** Turns an event into the texts that readers get, one per record; made by the door, stored and replayed byte for byte. */
public interface EventFormat {
    /**
     * The records of an event.
     *
     * @param firstSeq number of the first record; the rest count on from it
     */
    List<LogRecord> records(TurnEvent event, String runId, RunOptions options, long firstSeq);
}
