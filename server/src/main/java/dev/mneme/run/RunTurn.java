package dev.mneme.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Problem;
import dev.mneme.message.StopReason;
import dev.mneme.message.TurnEvent;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.turn.TurnLog;
import dev.mneme.turn.TurnResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run under way: the turn writes here, readers read {@link LiveLog}. Confined to the run's own thread, except {@link #cancel}.
 */
final class RunTurn implements TurnLog {
    private static final Logger LOG = LoggerFactory.getLogger(RunTurn.class);

    private final Db db;
    private final Clock clock;
    private final RunSql.Waiting run;
    private final LiveLog log;
    private final Handover handover;
    private final long startedNs = System.nanoTime();
    private @Nullable Long firstTokenNs;
    private @Nullable Tx stagedIn;
    private int staged;
    private boolean caughtUp;

    /** Deltas taken from the log for a transaction of this turn that has not been committed yet. */
    private final List<LogRecord> owed = new ArrayList<>();

    private final ReentrantLock waitLock = new ReentrantLock();
    private @Nullable Thread waiter;
    private volatile boolean cancelled;
    private volatile boolean cutOff;
    private volatile boolean finished;

    /** What else happens when a run ends, in the transaction that ends it. */
    interface Handover {
        /** Starts and notes what follows from the end; the background runs that it started. Before the run is marked as ended. */
        List<String> ending(Tx tx, RunSql.Waiting run, TurnResult result);

        /** The next run in line starts. */
        void ended(Tx tx, RunSql.Waiting run);
    }

    RunTurn(Db db, Clock clock, RunSql.Waiting run, LiveLog log, Handover handover) {
        this.db = db;
        this.clock = clock;
        this.run = run;
        this.log = log;
        this.handover = handover;
    }

    RunSql.Waiting run() {
        return run;
    }

    LiveLog log() {
        return log;
    }

    boolean finished() {
        return finished;
    }

    /** Asks the turn to stop. A model call that it waits for is broken off; a tool is waited for. */
    void cancel() {
        waitLock.lock();
        try {
            cancelled = true;
            if (waiter != null) {
                waiter.interrupt();
            }
        } finally {
            waitLock.unlock();
        }
    }

    /** As {@link #cancel}, because the server stops and not because anybody wished it. */
    void cutOff() {
        cutOff = true;
        cancel();
    }

    @Override
    public <T> T breakable(Supplier<T> wait) {
        waiter(Thread.currentThread());
        try {
            return wait.get();
        } finally {
            waiter(null);
        }
    }

    private void waiter(@Nullable Thread thread) {
        waitLock.lock();
        try {
            waiter = thread;
            if (thread == null && cancelled) {
                // the interrupt has done its work; what is stored next must not meet it
                Thread.interrupted();
            }
        } finally {
            waitLock.unlock();
        }
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public boolean alive(Tx tx) {
        return RunSql.alive(tx, run.runId());
    }

    @Override
    public void delta(TurnEvent event) {
        long now = System.nanoTime();
        if (firstTokenNs == null && !(event instanceof TurnEvent.Compacting)) {
            firstTokenNs = now - startedNs;
        }
        log.show(event);
    }

    @Override
    public void note(String list, ObjectNode entry) {
        try {
            db.of(run.organizationId()).write(tx -> {
                RunSql.note(tx, run.runId(), list, entry);
                return true;
            });
        } catch (Problem e) {
            // A run must not fail because what it says of itself cannot be stored.
            LOG.warn("a note on {} was not stored: {}", run.runId(), e.detail());
        }
    }

    @Override
    public void record(Tx tx, List<TurnEvent> events) {
        append(tx, log.preview(events, staged(tx)));
        tx.afterCommit(() -> {
            for (TurnEvent event : events) {
                if (event instanceof TurnEvent.Row row) {
                    log.addRow(row.message());
                } else if (event instanceof TurnEvent.Summary summary) {
                    log.addRow(summary.message());
                }
            }
        });
    }

    @Override
    public void finish(Tx tx, TurnResult how) {
        boolean stopping = cutOff
                && how.reason() == StopReason.CANCELLED
                && StoppingSql.wished(tx, List.of(run.runId())).isEmpty();
        TurnResult result = stopping ? StepSql.usedBy(tx, run.runId(), Endings.interrupted()) : how;
        List<String> started = handover.ending(tx, run, result);
        append(tx, log.ending(endEvents(result, started), staged(tx)));
        long took = System.nanoTime() - startedNs;
        long now = clock.now();
        RunSql.finish(tx, run.runId(), result, started, firstTokenNs, took, now);
        RunSql.markThread(tx, run, result, now, took);
        handover.ended(tx, run);
        tx.afterCommit(() -> ended(result, started));
    }

    /** Ends the log in memory: after the commit, or when nothing can be stored any more. */
    private void ended(TurnResult result, List<String> started) {
        finished = true;
        log.finish(result, started);
    }

    /** Shows readers how the run ended although the database could not take it. */
    void endedUnstored(TurnResult result) {
        finished = true;
        log.end(endEvents(result, List.of()), result, List.of());
    }

    static List<TurnEvent> endEvents(TurnResult result, List<String> started) {
        TurnResult.Failure failure = result.failure();
        if (result.reason() == StopReason.CANCELLED) {
            return List.of(new TurnEvent.Stopped(StopReason.CANCELLED));
        }
        return List.of(
                new TurnEvent.Stopped(result.reason()),
                failure == null
                        ? new TurnEvent.Used(result.usage(), result.steps(), result.contextTokens(), started)
                        : new TurnEvent.Failed(failure.errorType(), failure.message(), failure.detail()));
    }

    /** Records that this transaction has written and that readers do not see before its commit. */
    private int staged(Tx tx) {
        if (stagedIn != tx) {
            stagedIn = tx;
            staged = 0;
            caughtUp = false;
        }
        return staged;
    }

    private void append(Tx tx, List<LogRecord> records) {
        staged(tx);
        List<LogRecord> all = new ArrayList<>();
        if (!caughtUp) {
            caughtUp = true;
            owed.addAll(log.take());
            all.addAll(owed);
        }
        all.addAll(records);
        RunSql.insertRecords(tx, run.runId(), all, clock.now());
        staged += records.size();
        tx.afterCommit(() -> {
            stagedIn = null;
            owed.clear();
            log.addStored(records);
        });
    }
}
