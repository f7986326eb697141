package dev.mneme.run;

import dev.mneme.store.Db;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores what live runs have shown between two steps, all runs together: a transaction for each of hundreds of streams would cost more than
 * the streams, and a turn that waits for a disk shows its tokens late. One thread, {@link #run}.
 */
final class LogKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(LogKeeper.class);

    /** How long deltas may stay in memory only; that much of a reply may be missing from its log after a crash. */
    static final Duration EVERY = Duration.ofMillis(500);

    /** Runs in one transaction: it holds up other writers for some milliseconds. */
    private static final int TOGETHER = 100;

    private final Db db;
    private final AtWork atWork;

    LogKeeper(Db db, AtWork atWork) {
        this.db = db;
        this.atWork = atWork;
    }

    private record Taken(RunTurn turn, List<LogRecord> records) {}

    void run() {
        try {
            while (!atWork.closing()) {
                Thread.sleep(EVERY);
                round();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server is closing; the steps' own transactions store the rest
        }
    }

    private void round() {
        List<Taken> all = new ArrayList<>();
        for (RunTurn turn : atWork.turns()) {
            List<LogRecord> some = turn.log().take();
            if (!some.isEmpty()) {
                all.add(new Taken(turn, some));
            }
        }
        for (int from = 0; from < all.size(); from += TOGETHER) {
            store(all.subList(from, Math.min(all.size(), from + TOGETHER)));
        }
    }

    private void store(List<Taken> some) {
        try {
            db.everywhere().write(tx -> {
                for (Taken each : some) {
                    String runId = each.turn().run().runId();
                    if (RunSql.exists(tx, runId)) {
                        RunSql.insertRecords(
                                tx, runId, each.records(), db.clock().now());
                    }
                }
                return true;
            });
        } catch (RuntimeException e) {
            // They stay in memory and are tried again with the next ones; the step's own transaction decides.
            LOG.debug("deltas were not stored", e);
            some.forEach(each -> each.turn().log().giveBack(each.records()));
        }
    }
}
