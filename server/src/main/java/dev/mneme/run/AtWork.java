package dev.mneme.run;

import dev.mneme.base.Clock;
import dev.mneme.message.TurnEvent;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What this process works on right now: its turns, the logs that readers follow, and whether anything may start. Thread-safe. */
final class AtWork {
    private static final Duration LOOK = Duration.ofMillis(20);

    private final Clock clock;
    private final EventFormat format;
    private final Map<String, RunTurn> turns = new ConcurrentHashMap<>();
    private final Map<String, LiveLog> logs = new ConcurrentHashMap<>();
    private final AtomicInteger holding = new AtomicInteger();
    private final AtomicBoolean resting = new AtomicBoolean();
    private volatile boolean closing;

    AtWork(Clock clock, EventFormat format) {
        this.clock = clock;
        this.format = format;
    }

    /** The log of a run that starts here or may, opened if it is not yet: its readers need no database. */
    LiveLog openLog(RunSql.Waiting run) {
        return logs.computeIfAbsent(run.runId(), id -> newLog(run));
    }

    private LiveLog newLog(RunSql.Waiting run) {
        LiveLog log = new LiveLog(run.runId(), run.options(), format);
        if (run.options().streaming() && run.options().pings()) {
            log.show(new TurnEvent.Ping(clock.now()));
        }
        return log;
    }

    /** The log of a run that works or waits here; null: the database has it. */
    @Nullable
    LiveLog log(String runId) {
        return logs.get(runId);
    }

    void closeLog(String runId) {
        logs.remove(runId);
    }

    void began(RunTurn turn) {
        turns.put(turn.run().runId(), turn);
    }

    @Nullable
    RunTurn turn(String runId) {
        return turns.get(runId);
    }

    /** The turns that run here; a view that other threads change. */
    Collection<RunTurn> turns() {
        return turns.values();
    }

    boolean has(String runId) {
        return turns.containsKey(runId);
    }

    void forget(String runId) {
        turns.remove(runId);
        logs.remove(runId);
    }

    /** Something other than a turn holds a thread from now on. */
    void hold() {
        holding.incrementAndGet();
    }

    void letGo() {
        holding.decrementAndGet();
    }

    /** Whether nothing holds a thread here. */
    boolean nothing() {
        return turns.isEmpty() && holding.get() == 0;
    }

    /** Waits until nothing holds a thread here; whether it is so in time. */
    boolean idle(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (!nothing() && System.nanoTime() < end) {
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        return nothing();
    }

    /** The server stops: no turn is waited for any longer. */
    void cutOffAll() {
        turns.values().forEach(RunTurn::cutOff);
    }

    /** Nothing new starts until {@link #wake}; false: somebody has said so already. */
    boolean rest() {
        return resting.compareAndSet(false, true);
    }

    void wake() {
        resting.set(false);
    }

    boolean resting() {
        return resting.get();
    }

    /** Nothing new starts any more. */
    void close() {
        closing = true;
    }

    boolean closing() {
        return closing;
    }

    /** Whether what waits in line may start here. */
    boolean mayStart() {
        return !closing && !resting.get();
    }
}
