package dev.mneme.run;

import dev.mneme.message.Message;
import dev.mneme.turn.TurnResult;
import java.util.List;

/** What a finished run gave: the rows that it wrote (not its input), in order, how it ended, and the background runs that its end started. */
public record RunResult(
        String runId, RunOptions options, List<Message> rows, TurnResult result, List<String> backgroundRuns) {}
