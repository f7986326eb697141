package dev.mneme.run;

import dev.mneme.base.Clock;
import dev.mneme.store.Db;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews leases, ends what dead servers left, starts what nobody started, drops old records. Thread-safe. */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    /** How often leases are renewed, orphans looked for and old records dropped. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /** How soon a wish to stop that came to another server is seen here. */
    private static final Duration LOOK_FOR_WISHES = Duration.ofSeconds(1);

    private final Db db;
    private final Clock clock;
    private final DeskOptions options;
    private final String owner;
    private final AtWork atWork;
    private final Lines lines;
    private final Stopping stopping;

    Housekeeping(Db db, Clock clock, DeskOptions options, String owner, AtWork atWork, Lines lines, Stopping stopping) {
        this.db = db;
        this.clock = clock;
        this.options = options;
        this.owner = owner;
        this.atWork = atWork;
        this.lines = lines;
        this.stopping = stopping;
    }

    /** Until the server closes. */
    void run() {
        long rest = 0;
        while (!atWork.closing()) {
            try {
                Thread.sleep(LOOK_FOR_WISHES);
                if (!db.alone()) {
                    stopping.look();
                }
                rest += LOOK_FOR_WISHES.toMillis();
                if (rest >= HEARTBEAT.toMillis()) {
                    rest = 0;
                    round();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("Keeping house failed, trying again in {} s: {}", HEARTBEAT.toSeconds(), e.getMessage());
            }
        }
    }

    private void round() {
        if (!atWork.nothing()) {
            db.everywhere().write(tx -> {
                LeaseSql.renew(tx, owner, lines.leaseEnd());
                return true;
            });
        }
        lines.settleRest();
        if (db.everywhere().read(LeaseSql::anythingOpen)) {
            recoverExpired();
        }
        if (!options.approvalExpiry().isZero()) {
            stopping.expire(options.approvalExpiry());
        }
        long limit = clock.now() - Clock.micros(options.keepRecords());
        if (db.everywhere().read(tx -> RunSql.hasRecordsOlderThan(tx, limit))) {
            db.everywhere().write(tx -> RunSql.dropRecordsOlderThan(tx, limit));
        }
    }

    /** When this server starts: what it left itself when it died is ended as well. */
    void recoverAtStart() {
        recover(db.alone() ? LeaseSql.Dead.ALL_OTHERS : LeaseSql.Dead.EXPIRED, true);
    }

    /** Ends runs whose leases ran out and starts what waits on threads that nobody holds. */
    void recoverExpired() {
        recover(LeaseSql.Dead.EXPIRED, false);
    }

    /** others: whose leases are dead; mine: whether this server's own are too. */
    private void recover(LeaseSql.Dead others, boolean mine) {
        for (RunSql.Waiting orphan : orphans(others, mine)) {
            LOG.info("Run {} was interrupted; its agent can be talked to again", orphan.runId());
            lines.settle(orphan, Endings.interrupted(), null);
        }
        db.everywhere().write(tx -> LeaseSql.dropDead(tx, owner, clock.now(), others, mine));
        for (LeaseSql.Stalled stalled : db.everywhere().read(LeaseSql::stalledThreads)) {
            db.of(stalled.organizationId()).write(tx -> {
                lines.startFirst(tx, stalled.threadId());
                return true;
            });
        }
    }

    /** Runs that count as at work although nobody works on them. */
    List<String> forgotten() {
        return orphans(LeaseSql.Dead.EXPIRED, false).stream()
                .map(RunSql.Waiting::runId)
                .toList();
    }

    private List<RunSql.Waiting> orphans(LeaseSql.Dead others, boolean mine) {
        return db.everywhere().read(tx -> LeaseSql.orphans(tx, owner, clock.now(), others, mine)).stream()
                .filter(run -> !atWork.has(run.runId()))
                .toList();
    }
}
