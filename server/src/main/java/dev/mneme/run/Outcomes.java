package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.StopReason;
import dev.mneme.message.TurnEvent;
import dev.mneme.message.Usage;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.turn.TurnLoop;
import dev.mneme.turn.TurnResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How runs end: what is stored with the end, what follows from it, and what is told of it. Thread-safe. */
final class Outcomes {
    private final Db db;
    private final Clock clock;
    private final TurnLoop loop;
    private final EventFormat format;
    private final Companions companions;
    private final Callbacks callbacks;
    private final AtWork atWork;

    Outcomes(
            Db db,
            Clock clock,
            TurnLoop loop,
            EventFormat format,
            Companions companions,
            Callbacks callbacks,
            AtWork atWork) {
        this.db = db;
        this.clock = clock;
        this.loop = loop;
        this.format = format;
        this.companions = companions;
        this.callbacks = callbacks;
        this.atWork = atWork;
    }

    /** Starts and notes what follows from the end of a run, before it is marked; the background runs that it started. */
    List<String> follows(Tx tx, RunSql.Waiting run, TurnResult result) {
        callbacks.noted(tx, run);
        if (Companions.isBackground(run.options())) {
            CompanionSql.setMetadata(tx, run.runId(), answered(tx, run, result));
        }
        String groupId = groupOf(run.options());
        if (groupId != null) {
            loop.stampGroup(tx, run.runId(), groupId);
        }
        return companions.ended(tx, run, result);
    }

    /** The group on whose behalf a run runs. */
    private static @Nullable String groupOf(RunOptions options) {
        JsonNode metadata = options.metadata();
        return metadata == null ? null : metadata.path(GroupTalk.GROUP_ID).textValue();
    }

    /** Marks a run that nobody works on as ended, pairs its calls and adds the end to its log, for readers here as well. */
    void conclude(Tx tx, RunSql.Waiting run, TurnResult how) {
        long now = clock.now();
        TurnResult result = StepSql.usedBy(tx, run.runId(), how);
        List<String> started = RunSql.active(tx, run.runId()) ? follows(tx, run, result) : List.of();
        if (!RunSql.finish(tx, run.runId(), result, started, null, 0, now)) {
            return;
        }
        loop.repair(tx, run.newStep());
        // a run that never began here: nobody else will tell its readers
        LiveLog log = atWork.has(run.runId()) ? null : atWork.log(run.runId());
        List<TurnEvent> events = RunTurn.endEvents(result, started);
        List<LogRecord> records = new ArrayList<>();
        if (log == null) {
            long seq = RunSql.lastSeq(tx, run.runId()) + 1;
            for (TurnEvent event : events) {
                records.addAll(format.records(event, run.runId(), run.options(), seq + records.size()));
            }
            records.add(new LogRecord(seq + records.size(), false, LogRecord.DONE));
        } else {
            records.addAll(log.take());
            records.addAll(log.ending(events, 0));
        }
        RunSql.insertRecords(tx, run.runId(), records, now);
        RunSql.markThread(tx, run, result, now, 0);
        if (log != null) {
            tx.afterCommit(() -> {
                log.end(events, result, started);
                atWork.closeLog(run.runId());
            });
        }
    }

    /** Waits for a run to end and gives what it wrote. */
    RunResult await(String organizationId, String runId) {
        LiveLog log = atWork.log(runId);
        try {
            if (log != null) {
                return log.await();
            }
            LogReader reader = new StoredReader(db.of(organizationId), runId, Long.MAX_VALUE - 1);
            while (!reader.ended()) {
                reader.next(Duration.ofSeconds(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(
                    ProblemCode.UNAVAILABLE,
                    "The server is shutting down. The run goes on when it is back: " + runId,
                    e);
        }
        return db.of(organizationId).read(tx -> {
            RunRow row = RunSql.get(tx, runId);
            RunRow.RunUsage usage = row.usage();
            List<String> started = usage == null ? null : usage.runIds();
            return new RunResult(
                    runId, row.options(), loop.rowsOf(tx, runId), resultOf(row), started == null ? List.of() : started);
        });
    }

    private static TurnResult resultOf(RunRow row) {
        RunRow.RunUsage usage = row.usage();
        JsonNode error = row.error();
        return new TurnResult(
                row.stopReason() == null ? StopReason.ERROR : StopReason.of(row.stopReason()),
                usage == null ? Usage.NONE : usage.tokens(),
                usage == null ? 0 : usage.steps(),
                usage == null ? null : usage.contextTokens(),
                error == null ? null : Json.MAPPER.convertValue(error, TurnResult.Failure.class));
    }

    /** What callbacks tell of a run. */
    ObjectNode account(String organizationId, RunRow run) {
        return metadata(run.options(), await(organizationId, run.id()));
    }

    /** The metadata of a run that ends, with its whole answer or why it failed. */
    private ObjectNode answered(Tx tx, RunSql.Waiting run, TurnResult result) {
        RunResult whole = new RunResult(run.runId(), run.options(), loop.rowsOf(tx, run.runId()), result, List.of());
        return metadata(run.options(), whole);
    }

    private ObjectNode metadata(RunOptions options, RunResult run) {
        ObjectNode out = options.metadata() instanceof ObjectNode given ? given.deepCopy() : Json.object();
        TurnResult.Failure failure = run.result().failure();
        if (failure != null) {
            out.set("error", Json.tree(failure));
        } else {
            out.set("result", format.response(run));
        }
        return out;
    }
}
