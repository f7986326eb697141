package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.message.TurnEvent;
import java.util.List;

/** What readers get: the texts of events, one per record, stored and replayed byte for byte, and whole answers. Made by the door. */
public interface EventFormat {
    /**
     * The records of an event.
     *
     * @param firstSeq number of the first record; the rest count on from it
     */
    List<LogRecord> records(TurnEvent event, String runId, RunOptions options, long firstSeq);

    /** The whole answer of a finished run, as a blocking request gets it. */
    JsonNode response(RunResult run);
}
