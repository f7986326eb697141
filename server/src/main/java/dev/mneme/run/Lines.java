package dev.mneme.run;

import dev.mneme.base.Clock;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.turn.TurnInput;
import dev.mneme.turn.TurnLoop;
import dev.mneme.turn.TurnResult;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines in which requests wait, one for each thread (an agent or a conversation): who holds the thread's lease works, the end of a run
 * and the start of the next are one transaction. Thread-safe.
 */
final class Lines implements Stopping.Line, RunTurn.Handover {
    private static final Logger LOG = LoggerFactory.getLogger(Lines.class);

    private final Db db;
    private final Clock clock;
    private final TurnLoop loop;
    private final DeskOptions options;
    private final String owner;
    private final Companions companions;
    private final Outcomes outcomes;
    private final AtWork atWork;
    private final Scope scope;
    private final Map<String, RunSql.Waiting> unsettled = new ConcurrentHashMap<>();

    /** owner: names this server in its leases. scope: where turns run. */
    Lines(
            Db db,
            Clock clock,
            TurnLoop loop,
            DeskOptions options,
            String owner,
            Companions companions,
            Outcomes outcomes,
            AtWork atWork,
            Scope scope) {
        this.db = db;
        this.clock = clock;
        this.loop = loop;
        this.options = options;
        this.owner = owner;
        this.companions = companions;
        this.outcomes = outcomes;
        this.atWork = atWork;
        this.scope = scope;
    }

    /** A run that was stored; stepId: null when it waits. */
    record Taken(String runId, @Nullable String stepId) {}

    /** Stores a request as a run at the end of its thread's line, begun if nobody is before it; or finds the earlier try that it repeats. */
    Taken join(Tx tx, Submit asked, RunSql.Waiting run, Origin origin) {
        long now = clock.next();
        loop.requireAgent(tx, asked.agentId());
        int depth = Waits.admit(tx, origin, run.threadId());
        Companions.Watched watched = companions.watched(tx, asked);
        Submit submit = watched.submit();
        String earlier = RunSql.earlierTry(tx, submit, now);
        if (earlier != null) {
            return new Taken(earlier, null);
        }
        boolean mine = take(tx, run.threadId(), run.runId());
        if (!mine && RunSql.waiting(tx, run.threadId()) >= options.waitingPerThread()) {
            throw busy(
                    "Cannot send a new message: Another",
                    LeaseSql.holder(tx, run.threadId()),
                    " " + options.waitingPerThread() + " more are already waiting.");
        }
        if (submit.conversationId() != null && !RunSql.markMessage(tx, submit.conversationId(), now)) {
            throw Problem.notFound("Conversation not found with id='['" + submit.conversationId() + "']'");
        }
        Problem refusal = mine ? loop.refusal(tx, run.threadId(), run.messages()) : null;
        if (refusal != null) {
            throw refusal;
        }
        RunSql.insert(tx, run.runId(), submit, mine ? RunSql.RUNNING : RunSql.CREATED, now);
        if (origin.kind() != Origin.Kind.CLIENT) {
            OriginSql.mark(tx, run.runId(), origin, depth);
        }
        companions.note(tx, watched, run.runId());
        return new Taken(run.runId(), mine ? loop.begin(tx, run.newStep(), submit.messages()) : null);
    }

    private static Problem busy(String another, @Nullable String runId, String more) {
        Problem problem = new Problem(
                ProblemCode.BUSY,
                "CONFLICT: " + another + " request (run_id=" + runId
                        + ") is currently being processed for this conversation. Please wait for it to complete."
                        + more);
        return runId == null ? problem : problem.with("run_id", runId);
    }

    @Override
    public boolean take(Tx tx, String threadId, String holder) {
        return LeaseSql.take(tx, threadId, holder, owner, leaseEnd());
    }

    @Override
    public void release(Tx tx, String threadId, String holder) {
        LeaseSql.release(tx, threadId, holder);
        startFirst(tx, threadId);
    }

    /** When a lease that is taken or renewed now runs out, microseconds. */
    long leaseEnd() {
        return clock.now() + Clock.micros(options.lease());
    }

    /** Starts what waits first on a thread that nobody holds; what cannot be taken any more is ended. */
    void startFirst(Tx tx, String threadId) {
        RunSql.Waiting next = atWork.mayStart() ? RunSql.firstWaiting(tx, threadId) : null;
        while (next != null && take(tx, threadId, next.runId())) {
            Problem refusal = loop.refusal(tx, threadId, next.messages());
            if (refusal == null) {
                begin(tx, next);
                return;
            }
            keep(tx, next);
            outcomes.conclude(tx, next, Endings.refused(refusal));
            LeaseSql.release(tx, threadId, next.runId());
            next = RunSql.firstWaiting(tx, threadId);
        }
    }

    private void begin(Tx tx, RunSql.Waiting run) {
        RunSql.start(tx, run.runId(), clock.now());
        String stepId = loop.begin(tx, run.newStep(), run.messages());
        tx.afterCommit(() -> launch(run, stepId));
    }

    /** What was said in a run that never begins stays in the history, out of the context. */
    private void keep(Tx tx, RunSql.Waiting run) {
        loop.keep(tx, run.newStep(), run.messages(), RunSql.createdAt(tx, run.runId()));
    }

    /** Works on a run whose first step was stored. */
    void launch(RunSql.Waiting run, String stepId) {
        RunTurn turn = new RunTurn(db, clock, run, atWork.openLog(run), this);
        atWork.began(turn);
        if (!scope.fork(run.runId(), () -> execute(turn, run.step(stepId)))) {
            // Stopping: the next start recovers the run, its input is stored.
            atWork.forget(run.runId());
        }
    }

    /** One of the three edges where any exception is caught: a bug ends the run, not the server. */
    private void execute(RunTurn turn, TurnInput input) {
        try {
            loop.run(input, turn);
        } catch (RuntimeException | Error e) {
            LOG.error("Run {} broke", input.runId(), e);
            settle(turn.run(), Endings.broken(e), turn);
        } finally {
            if (!turn.finished()) {
                settle(turn.run(), Endings.vanished(), turn);
            }
            atWork.forget(input.runId());
        }
    }

    /** Ends a run whatever happened. If the database cannot take it now, it is tried again until it can. turn: null: none is here. */
    void settle(RunSql.Waiting run, TurnResult result, @Nullable RunTurn turn) {
        try {
            db.of(run.organizationId()).write(tx -> {
                end(tx, run, result);
                return true;
            });
            unsettled.remove(run.runId());
        } catch (RuntimeException e) {
            LOG.warn("Run {} could not be ended yet: {}", run.runId(), e.getMessage());
            unsettled.put(run.runId(), run);
        }
        if (turn != null && !turn.finished()) {
            turn.endedUnstored(result);
        }
    }

    /** Tries again to end what could not be ended. */
    void settleRest() {
        for (RunSql.Waiting run : List.copyOf(unsettled.values())) {
            settle(run, Endings.interrupted(), null);
        }
    }

    /** Ends a run that nobody works on: pairs its calls, marks it, adds the end to its log and hands the thread over. */
    private void end(Tx tx, RunSql.Waiting run, TurnResult result) {
        if (!RunSql.exists(tx, run.runId())) {
            LeaseSql.release(tx, run.threadId(), run.runId());
            return;
        }
        outcomes.conclude(tx, run, result);
        ended(tx, run);
    }

    @Override
    public void end(Tx tx, String runId, TurnResult result) {
        RunSql.Waiting run = RunSql.stored(tx, runId);
        keep(tx, run);
        end(tx, run, result);
    }

    @Override
    public List<String> ending(Tx tx, RunSql.Waiting run, TurnResult result) {
        return outcomes.follows(tx, run, result);
    }

    @Override
    public void ended(Tx tx, RunSql.Waiting run) {
        release(tx, run.threadId(), run.runId());
    }

    /** Does something while no turn can run on a thread; 409 when one does. Messages that come meanwhile wait. */
    <T> T exclusively(String organizationId, String threadId, String holder, Supplier<T> work) {
        db.of(organizationId).write(tx -> {
            if (!take(tx, threadId, holder)) {
                throw busy("Another", LeaseSql.holder(tx, threadId), "");
            }
            return true;
        });
        atWork.hold();
        try {
            return work.get();
        } finally {
            atWork.letGo();
            db.of(organizationId).write(tx -> {
                release(tx, threadId, holder);
                return true;
            });
        }
    }
}
