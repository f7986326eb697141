package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.agent.Groups;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.turn.Compacted;
import dev.mneme.turn.TurnInput;
import dev.mneme.turn.TurnLoop;
import dev.mneme.turn.TurnOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where requests to agents are taken in and done. Thread-safe.
 *
 * <p>Every request becomes a run: stored with its input before any model is called, one at a time per thread (an agent), in order,
 * under a lease in the database. Whoever asked only reads the run's log, so nothing stops when a reader leaves. A run always ends: when
 * its server dies, the next start (or another server) ends it and the thread can be used again.
 */
public final class Desk implements AutoCloseable {
    /** How often who waits for another run looks whether it was stopped itself. */
    private static final Duration LOOK_UP = Duration.ofMillis(200);

    private final Db db;
    private final TurnLoop loop;
    private final DeskOptions options;
    private final Callbacks callbacks;
    private final Scope scope = new Scope("run");
    private final AtWork atWork;
    private final Outcomes outcomes;
    private final Lines lines;
    private final Stopping stopping;
    private final Housekeeping housekeeping;

    /**
     * @param owner names this server in its leases, the same after a restart: leases under it are taken over at once. No two servers on one
     *     database share it
     */
    public Desk(
            Db db,
            Clock clock,
            TurnLoop loop,
            Groups groups,
            Callbacks callbacks,
            EventFormat format,
            DeskOptions options,
            String owner) {
        this.db = db;
        this.loop = loop;
        this.options = options;
        this.callbacks = callbacks;
        this.atWork = new AtWork(clock, format);
        Companions companions = new Companions(groups, loop, this::submitIn);
        this.outcomes = new Outcomes(db, clock, loop, format, companions, callbacks, atWork);
        this.lines = new Lines(db, clock, loop, options, owner, companions, outcomes, atWork, scope);
        this.stopping = new Stopping(db, clock, loop, atWork, lines);
        this.housekeeping = new Housekeeping(db, clock, options, owner, atWork, lines, stopping);
    }

    /** Ends what a dead server left, starts what waits, and keeps house from now on. Called once, before the door opens. */
    public void start() {
        housekeeping.recoverAtStart();
        scope.fork("house", housekeeping::run);
        callbacks.follow(scope, outcomes::account);
        scope.fork("logs", new LogKeeper(db, atWork)::run);
    }

    /** Takes a request in. Returns once it is stored; refuses with 404, 409 (queue full) or 503 (stopping). */
    public Submitted submit(Submit submit) {
        return submit(submit, Origin.CLIENT);
    }

    /** 400 when a callback address will never be called; null is none. */
    void checkCallback(@Nullable String url) {
        callbacks.check(url);
    }

    /** As {@link #submit(Submit)}, for a run that no client asked for; also refused (409) when it would wait in a circle. */
    Submitted submit(Submit submit, Origin origin) {
        if (atWork.closing()) {
            throw new Problem(
                    ProblemCode.UNAVAILABLE, "The server is shutting down. Send the message again when it is back.");
        }
        requireAwake();
        callbacks.check(submit.options().callbackUrl());
        RunSql.Waiting run = RunSql.Waiting.of(IdKind.RUN.next(), submit);
        String runId = run.runId();
        atWork.openLog(run);
        Lines.Taken taken;
        try {
            taken = db.of(submit.organizationId()).write(tx -> lines.join(tx, submit, run, origin));
        } catch (RuntimeException e) {
            atWork.closeLog(runId);
            throw e;
        }
        if (!taken.runId().equals(runId)) {
            atWork.closeLog(runId);
            return new Submitted(taken.runId(), true);
        }
        if (taken.stepId() != null) {
            lines.launch(run, taken.stepId());
        } else if (!db.alone()) {
            // Another server may start it: its readers look into the database.
            atWork.closeLog(runId);
        }
        return new Submitted(runId, false);
    }

    /** What a request would send to the model first; nothing is stored and nobody is asked. */
    public JsonNode preview(Submit submit) {
        RunSql.Waiting run = RunSql.Waiting.of(IdKind.RUN.next(), submit);
        return loop.preview(run.newStep(), run.messages());
    }

    /**
     * Takes a run in as a part of a transaction that is open already: it is stored with that or not at all, and starts after its commit. A
     * refusal leaves nothing behind. Answers the run's id.
     */
    String submitIn(Tx tx, Submit submit, Origin origin) {
        RunSql.Waiting run = RunSql.Waiting.of(IdKind.RUN.next(), submit);
        Lines.Taken taken;
        try {
            taken = lines.join(tx, submit, run, origin);
        } catch (Problem e) {
            LeaseSql.release(tx, run.threadId(), run.runId());
            throw e;
        }
        String stepId = taken.stepId();
        if (stepId != null) {
            tx.afterCommit(() -> lines.launch(run, stepId));
        }
        return taken.runId();
    }

    /**
     * Stops runs: those in line at once, a model call is broken off, a tool at work is let finish, an open request for approval is denied.
     * Each answer is cancelled, or failed for a run that does not exist. Runs that had ended stay as they are.
     */
    public Map<String, String> cancel(String organizationId, List<String> runIds) {
        return stopping.stop(organizationId, runIds);
    }

    /** The runs of an agent that can be stopped. threadId: on this thread only; null: on all. */
    public List<String> cancellable(String organizationId, String agentId, @Nullable String threadId) {
        return stopping.meant(organizationId, agentId, threadId);
    }

    /**
     * Compacts the context of a thread now, while no turn can run on it. Refuses with 404, with 409 while somebody works on the thread, and
     * with the contract's 400 when the context would not get smaller. Messages that come meanwhile wait.
     *
     * @param conversationId null: the agent's default thread
     * @param settings for this one time, as in the agent's JSON; null: the agent's own
     */
    public Compacted compact(
            String organizationId,
            String userId,
            String agentId,
            @Nullable String conversationId,
            @Nullable JsonNode settings) {
        requireAwake();
        String holder = "compaction-" + IdKind.uuid();
        TurnInput input = new TurnInput(
                organizationId,
                userId,
                holder,
                agentId,
                conversationId == null ? agentId : conversationId,
                conversationId,
                holder,
                TurnOptions.DEFAULTS,
                null);
        return lines.exclusively(organizationId, input.threadId(), holder, () -> loop.compact(input, settings));
    }

    /** Follows a run's log from after a number (0: from the start). The caller has checked that the run is its own. */
    public LogReader follow(String organizationId, String runId, long after) {
        LiveLog log = atWork.log(runId);
        return log != null ? log.reader(after) : new StoredReader(db.of(organizationId), runId, after);
    }

    /** How a wait ended. */
    enum Patience {
        ENDED,
        CANCELLED,
        OVER
    }

    /** Waits until a run ends, until the run that waits for it is stopped, or for as long as patience lasts. */
    Patience waitFor(String organizationId, String runId, String waitingRunId, Duration patience) {
        LogReader log = follow(organizationId, runId, 0);
        long until = System.nanoTime() + patience.toNanos();
        while (!log.ended()) {
            RunTurn waiting = atWork.turn(waitingRunId);
            if (waiting == null || waiting.cancelled() || Thread.currentThread().isInterrupted()) {
                return Patience.CANCELLED;
            }
            long left = until - System.nanoTime();
            if (left <= 0) {
                return Patience.OVER;
            }
            log.next(Duration.ofNanos(Math.min(left, LOOK_UP.toNanos())));
        }
        return Patience.ENDED;
    }

    /** Waits for a run to end and gives what it wrote. */
    public RunResult await(String organizationId, String runId) {
        return outcomes.await(organizationId, runId);
    }

    /** Refuses (409) while a turn runs or waits on one of the threads. */
    public void requireIdle(Tx tx, Set<String> threadIds) {
        for (String threadId : threadIds) {
            RunRow active = RunSql.newestActive(tx, threadId);
            if (active != null) {
                throw new Problem(
                                ProblemCode.BUSY,
                                "CONFLICT: A request (run_id=" + active.id()
                                        + ") is being processed on this thread. Wait for it to complete, or cancel it.")
                        .with("run_id", active.id());
            }
        }
    }

    private void requireAwake() {
        if (atWork.resting()) {
            throw resting();
        }
    }

    private static Problem resting() {
        return new Problem(
                ProblemCode.UNAVAILABLE, "A backup is being restored here. Send the message again in a moment.");
    }

    /**
     * Does something while no turn runs here. New requests are refused (503) meanwhile, those in line wait; turns at work are waited for as
     * long as a stopping server would wait, then cut off, and once more as long; 503 when one still goes on.
     */
    public <T> T atRest(Supplier<T> work) {
        if (!atWork.rest()) {
            throw resting();
        }
        try {
            if (!atWork.idle(options.drain()) && !cutOffAll()) {
                throw new Problem(
                        ProblemCode.UNAVAILABLE,
                        running() + " turns are still at work and do not stop. Try again later. Nothing was changed.");
            }
            return work.get();
        } finally {
            atWork.wake();
            housekeeping.recoverExpired();
        }
    }

    private boolean cutOffAll() {
        atWork.cutOffAll();
        return atWork.idle(options.drain());
    }

    /** Runs that count as at work although nobody works on them; mend: and ends them, so that their agents can be talked to. */
    public List<String> forgotten(boolean mend) {
        List<String> found = housekeeping.forgotten();
        if (mend && !found.isEmpty()) {
            housekeeping.recoverExpired();
        }
        return found;
    }

    /** How many turns run in this process. */
    public int running() {
        return atWork.turns().size();
    }

    /** Waits for running turns, then ends those that did not finish. Waiting runs stay stored for the next start. */
    @Override
    public void close() {
        atWork.close();
        atWork.idle(options.drain());
        atWork.cutOffAll();
        scope.close();
        atWork.turns().forEach(turn -> lines.settle(turn.run(), Endings.interrupted(), turn));
        // What an interrupted thread could not store any more.
        lines.settleRest();
    }
}
