package dev.mneme.run;

import dev.mneme.message.Message;
import dev.mneme.message.TurnEvent;
import dev.mneme.turn.TurnResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The log of a run that this process is executing: all records so far, in memory. One writer (the turn), any number of readers.
 *
 * <p>Records are numbered from 1. Up to {@link #stored} somebody has stored them or is about to.
 */
final class LiveLog {
    private final String runId;
    private final RunOptions options;
    private final EventFormat format;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<LogRecord> records = new ArrayList<>();
    private final List<Message> rows = new ArrayList<>();
    private final List<LogRecord> givenBack = new ArrayList<>();
    private int stored;
    private @Nullable TurnResult result;
    private List<String> backgroundRuns = List.of();

    LiveLog(String runId, RunOptions options, EventFormat format) {
        this.runId = runId;
        this.options = options;
        this.format = format;
    }

    RunOptions options() {
        return options;
    }

    /** What the events would add after {@code pending} records that are not added yet; nothing changes. */
    List<LogRecord> preview(List<TurnEvent> events, int pending) {
        List<LogRecord> out = new ArrayList<>();
        lock.lock();
        try {
            for (TurnEvent event : events) {
                out.addAll(format.records(event, runId, options, records.size() + pending + out.size() + 1L));
            }
        } finally {
            lock.unlock();
        }
        return out;
    }

    /** How a log with this result ends: its last records and the one that says so. */
    List<LogRecord> ending(List<TurnEvent> events, int pending) {
        List<LogRecord> out = preview(events, pending);
        lock.lock();
        try {
            out.add(new LogRecord(records.size() + pending + out.size() + 1L, false, LogRecord.DONE));
        } finally {
            lock.unlock();
        }
        return out;
    }

    /** Shows what happened between two steps, such as a delta. */
    void show(TurnEvent event) {
        add(preview(List.of(event), 0));
    }

    /** Shows records to readers. */
    void add(List<LogRecord> more) {
        lock.lock();
        try {
            records.addAll(more);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void addRow(Message row) {
        lock.lock();
        try {
            rows.add(row);
        } finally {
            lock.unlock();
        }
    }

    /** Adds the last records and ends the log: of a run that could not be stored, or that never began. */
    void end(List<TurnEvent> events, TurnResult how, List<String> started) {
        add(ending(events, 0));
        finish(how, started);
    }

    /** Ends the log. started: background runs that came of it. */
    void finish(TurnResult how, List<String> started) {
        lock.lock();
        try {
            result = how;
            backgroundRuns = started;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Records that nobody has stored yet; whoever takes them stores them or gives them back. Not always numbered without a gap. */
    List<LogRecord> take() {
        lock.lock();
        try {
            List<LogRecord> taken = new ArrayList<>(givenBack);
            taken.addAll(records.subList(stored, records.size()));
            givenBack.clear();
            stored = records.size();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** What was taken could not be stored. */
    void giveBack(List<LogRecord> taken) {
        lock.lock();
        try {
            givenBack.addAll(taken);
        } finally {
            lock.unlock();
        }
    }

    /** Shows records that are in the database already. */
    void addStored(List<LogRecord> more) {
        lock.lock();
        try {
            records.addAll(more);
            stored = records.size();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end, but not for ever; says whether it came. */
    boolean awaitEnd(Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long left = patience.toNanos();
            while (result == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            return result != null;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the end. */
    RunResult await() throws InterruptedException {
        lock.lock();
        try {
            while (result == null) {
                changed.await();
            }
            return new RunResult(runId, options, List.copyOf(rows), result, backgroundRuns);
        } finally {
            lock.unlock();
        }
    }

    /** A reader of the records after the given number. */
    LogReader reader(long after) {
        return new Reader(Math.max(0, after));
    }

    private final class Reader implements LogReader {
        private long seen;

        Reader(long seen) {
            this.seen = seen;
        }

        @Override
        public @Nullable LogRecord next(Duration wait) {
            lock.lock();
            try {
                long left = wait.toNanos();
                while (records.size() <= seen && result == null && left > 0) {
                    left = changed.awaitNanos(left);
                }
                return records.size() > seen ? records.get((int) seen++) : null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean ended() {
            lock.lock();
            try {
                return result != null && records.size() <= seen;
            } finally {
                lock.unlock();
            }
        }
    }
}
