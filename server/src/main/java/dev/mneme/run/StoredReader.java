package dev.mneme.run;

import dev.mneme.store.Db;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Reads the log of a run that another server executes, or that has ended, from the database. */
final class StoredReader implements LogReader {
    /** How often the database is asked for more while the run goes on elsewhere. */
    private static final Duration POLL = Duration.ofMillis(100);

    private final Db.View db;
    private final String runId;
    private final Deque<LogRecord> ready = new ArrayDeque<>();
    private long seen;
    private boolean ended;

    StoredReader(Db.View db, String runId, long after) {
        this.db = db;
        this.runId = runId;
        this.seen = Math.max(0, after);
    }

    @Override
    public @Nullable LogRecord next(Duration wait) {
        long end = System.nanoTime() + wait.toNanos();
        while (ready.isEmpty() && !ended) {
            load();
            if (ready.isEmpty() && !ended) {
                long left = end - System.nanoTime();
                if (left <= 0 || !sleep(Math.min(left, POLL.toNanos()))) {
                    return null;
                }
            }
        }
        LogRecord next = ready.poll();
        if (next != null) {
            seen = next.seq();
        }
        return next;
    }

    private void load() {
        db.read(tx -> {
            boolean over = !RunSql.exists(tx, runId) || RunSql.get(tx, runId).ended();
            ready.addAll(RunSql.records(tx, runId, seen));
            ended = over;
            return true;
        });
    }

    private static boolean sleep(long nanos) {
        try {
            Thread.sleep(Duration.ofNanos(nanos));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public boolean ended() {
        return ended && ready.isEmpty();
    }
}
