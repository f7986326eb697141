package dev.mneme.run;

import static dev.mneme.store.gen.Tables.LEASE;
import static dev.mneme.store.gen.Tables.RUN;

import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Leases on threads, and the runs that dead ones leave behind. */
final class LeaseSql {
    private LeaseSql() {}

    private static final Prepared TAKE =
            Prepared.of(sql -> sql.insertInto(LEASE, LEASE.THREAD_ID, LEASE.RUN_ID, LEASE.OWNER, LEASE.UNTIL)
                    .values("", "", "", 0L)
                    .onConflictDoNothing());

    /** Takes the thread's lease if nobody has it. */
    static boolean take(Tx tx, String threadId, String runId, String owner, long until) {
        return tx.run(TAKE, threadId, runId, owner, until) == 1;
    }

    private static final Prepared RELEASE = Prepared.of(
            sql -> sql.deleteFrom(LEASE).where(LEASE.THREAD_ID.eq("").and(LEASE.RUN_ID.eq(""))));

    static void release(Tx tx, String threadId, String runId) {
        tx.run(RELEASE, threadId, runId);
    }

    /** The run that holds the thread's lease. */
    static @Nullable String holder(Tx tx, String threadId) {
        return tx.sql()
                .select(LEASE.RUN_ID)
                .from(LEASE)
                .where(LEASE.THREAD_ID.eq(threadId))
                .fetchOne(LEASE.RUN_ID);
    }

    static void renew(Tx tx, String owner, long until) {
        tx.sql()
                .update(LEASE)
                .set(LEASE.UNTIL, until)
                .where(LEASE.OWNER.eq(owner))
                .execute();
    }

    /** Which leases of other servers are dead: those that ran out, or all (one server per SQLite file). */
    enum Dead {
        EXPIRED,
        ALL_OTHERS
    }

    private static Condition dead(String owner, long now, Dead others, boolean mine) {
        Condition foreign = LEASE.OWNER.ne(owner);
        Condition dead = switch (others) {
            case EXPIRED -> foreign.and(LEASE.UNTIL.lt(now));
            case ALL_OTHERS -> foreign;
        };
        return mine ? dead.or(LEASE.OWNER.eq(owner)) : dead;
    }

    /** Whether any run has not ended or any lease is held. */
    static boolean anythingOpen(Tx tx) {
        return tx.sql().fetchExists(DSL.selectOne().from(RUN).where(RUN.STATUS.in(RunSql.CREATED, RunSql.RUNNING)))
                || tx.sql().fetchExists(DSL.selectOne().from(LEASE));
    }

    /** Runs whose turn nobody works on: running under a lease that this server does not hold and that has run out. */
    static List<RunSql.Waiting> orphans(Tx tx, String owner, long now, Dead others, boolean mine) {
        Condition dead = dead(owner, now, others, mine);
        List<RunSql.Waiting> out = new ArrayList<>();
        tx.sql()
                .select(RUN.fields())
                .from(RUN)
                .leftJoin(LEASE)
                .on(LEASE.RUN_ID.eq(RUN.ID))
                .where(RUN.STATUS.eq(RunSql.RUNNING))
                .and(LEASE.RUN_ID.isNull().or(dead))
                .forEach(found -> out.add(RunSql.waiting(found.into(RUN))));
        return out;
    }

    /** Threads where runs wait although nobody holds the lease. */
    static List<Stalled> stalledThreads(Tx tx) {
        return tx.sql()
                .selectDistinct(RUN.THREAD_ID, RUN.ORGANIZATION_ID)
                .from(RUN)
                .where(RUN.STATUS.eq(RunSql.CREATED))
                .and(RUN.THREAD_ID.notIn(DSL.select(LEASE.THREAD_ID).from(LEASE)))
                .fetch(found -> new Stalled(found.value1(), found.value2()));
    }

    /** Drops leases whose run has ended or is gone, held by servers that are gone. */
    static int dropDead(Tx tx, String owner, long now, Dead others, boolean mine) {
        Condition dead = dead(owner, now, others, mine);
        return tx.sql()
                .deleteFrom(LEASE)
                .where(dead)
                .and(LEASE.RUN_ID.notIn(DSL.select(RUN.ID).from(RUN).where(RUN.STATUS.eq(RunSql.RUNNING))))
                .execute();
    }

    /** A thread whose queue nobody works on. */
    record Stalled(String threadId, String organizationId) {}
}
