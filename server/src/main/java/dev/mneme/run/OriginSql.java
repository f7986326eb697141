package dev.mneme.run;

import static dev.mneme.store.gen.Tables.RUN;

import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.Run;
import java.util.List;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Which run started which, and who waits for whom. */
final class OriginSql {
    /** Names the lock under which waits are looked at and begun: any number that nobody else uses. */
    private static final long WAITS = 0x6d6e_656d_7761_6974L;

    private OriginSql() {}

    static void mark(Tx tx, String runId, Origin origin, int depth) {
        tx.sql()
                .update(RUN)
                .set(RUN.CALLER_RUN_ID, origin.callerRunId())
                .set(RUN.CALLER_WAITS, origin.kind() == Origin.Kind.ASKED)
                .set(RUN.CHAIN_DEPTH, depth)
                .set(RUN.GROUP_ID, origin.groupId())
                .where(RUN.ID.eq(runId))
                .execute();
    }

    /** A run that starts another: its thread, and how many agents passed the matter on before. */
    record Caller(String threadId, int depth) {}

    /** Null when the run is gone. */
    static @Nullable Caller caller(Tx tx, String runId) {
        return tx.sql()
                .select(RUN.THREAD_ID, RUN.CHAIN_DEPTH)
                .from(RUN)
                .where(tx.own(RUN.ORGANIZATION_ID).and(RUN.ID.eq(runId)))
                .fetchOne(row -> new Caller(row.value1(), row.value2()));
    }

    /** The caller no longer waits. */
    static void stopWaiting(Tx tx, String runId) {
        tx.sql()
                .update(RUN)
                .set(RUN.CALLER_WAITS, false)
                .where(RUN.ID.eq(runId))
                .execute();
    }

    /** A thread whose turn waits for a turn of another thread. */
    record Wait(String from, String to) {}

    /** Every wait of the organisation; until this transaction ends nobody else looks and begins one. */
    static List<Wait> waits(Tx tx) {
        // SQLite has one writer at a time anyway.
        if (tx.sql().dialect() != SQLDialect.SQLITE) {
            tx.sql().fetch("select pg_advisory_xact_lock(" + WAITS + ")::text");
        }
        Run caller = RUN.as("caller");
        return tx.sql()
                .select(caller.THREAD_ID, RUN.THREAD_ID)
                .from(RUN)
                .join(caller)
                .on(caller.ID.eq(RUN.CALLER_RUN_ID))
                .where(tx.own(RUN.ORGANIZATION_ID))
                .and(RUN.CALLER_WAITS.isTrue())
                .and(RUN.STATUS.in(DSL.inline(RunSql.CREATED), DSL.inline(RunSql.RUNNING)))
                .and(caller.STATUS.eq(RunSql.RUNNING))
                .fetch(row -> new Wait(row.value1(), row.value2()));
    }
}
