package dev.mneme.run;

import dev.mneme.store.Db;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the log of a run that another server executes, or that has ended, from the database. */
final class StoredReader implements LogReader {
    /** How often the database is asked for more while the run goes on elsewhere. */
    private static final Duration POLL = Duration.ofMillis(100);

    /** Looks after which a gap in the numbers is taken for a loss: two seconds. */
    private static final int LOOKS = 20;

    private final Db.View db;
    private final String runId;
    private final Deque<LogRecord> ready = new ArrayDeque<>();
    private long seen;
    private boolean ended;
    private int patience = LOOKS;

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
            List<LogRecord> found = RunSql.records(tx, runId, seen);
            int whole = unbroken(found);
            if (whole < found.size() && patience > 0) {
                // Deltas are stored beside the turn: a few may follow what came after them.
                patience--;
                found = found.subList(0, whole);
                over = false;
            }
            ready.addAll(found);
            ended = over;
            return true;
        });
    }

    /** How many of these follow what was seen without a gap. */
    private int unbroken(List<LogRecord> found) {
        int whole = 0;
        while (whole < found.size() && found.get(whole).seq() == seen + whole + 1) {
            whole++;
        }
        return whole;
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
