package dev.mneme.run;

import static dev.mneme.store.gen.Tables.CALLBACK_DUE;
import static dev.mneme.store.gen.Tables.RUN;

import dev.mneme.store.Tx;
import java.util.List;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Runs whose end is still to be told, and what became of the tries. */
final class CallbackSql {
    private CallbackSql() {}

    /** A run to tell of. attempts: tries before. */
    record Due(String runId, String organizationId, int attempts, long dueAt) {}

    static void insert(Tx tx, String runId, String organizationId, long now) {
        tx.sql()
                .insertInto(
                        CALLBACK_DUE,
                        CALLBACK_DUE.RUN_ID,
                        CALLBACK_DUE.ORGANIZATION_ID,
                        CALLBACK_DUE.ATTEMPTS,
                        CALLBACK_DUE.DUE_AT)
                .values(runId, organizationId, 0, now)
                .onConflictDoNothing()
                .execute();
    }

    static List<Due> due(Tx tx, long now, int limit) {
        return tx.sql()
                .selectFrom(CALLBACK_DUE)
                .where(CALLBACK_DUE.DUE_AT.le(now))
                .orderBy(CALLBACK_DUE.DUE_AT)
                .limit(limit)
                .fetch(row -> new Due(row.getRunId(), row.getOrganizationId(), row.getAttempts(), row.getDueAt()));
    }

    /** When the next one is due; the given time when none waits. */
    static long nextDue(Tx tx, long otherwise) {
        Long next =
                tx.sql().select(DSL.min(CALLBACK_DUE.DUE_AT)).from(CALLBACK_DUE).fetchOneInto(Long.class);
        return next == null ? otherwise : next;
    }

    /** Takes a try on: false when another server was faster. Until {@code until} nobody else tries. */
    static boolean claim(Tx tx, Due due, long until) {
        return tx.sql()
                        .update(CALLBACK_DUE)
                        .set(CALLBACK_DUE.ATTEMPTS, due.attempts() + 1)
                        .set(CALLBACK_DUE.DUE_AT, until)
                        .where(CALLBACK_DUE.RUN_ID.eq(due.runId()))
                        .and(CALLBACK_DUE.DUE_AT.eq(due.dueAt()))
                        .execute()
                == 1;
    }

    /** Notes a try. again: when the next one is due; null: there is none. */
    static void tried(
            Tx tx, String runId, long at, @Nullable Integer status, @Nullable String error, @Nullable Long again) {
        tx.sql()
                .update(RUN)
                .set(RUN.CALLBACK_SENT_AT, at)
                .set(RUN.CALLBACK_STATUS_CODE, status)
                .set(RUN.CALLBACK_ERROR, error)
                .where(RUN.ID.eq(runId))
                .execute();
        if (again == null) {
            tx.sql()
                    .deleteFrom(CALLBACK_DUE)
                    .where(CALLBACK_DUE.RUN_ID.eq(runId))
                    .execute();
        } else {
            tx.sql()
                    .update(CALLBACK_DUE)
                    .set(CALLBACK_DUE.DUE_AT, again)
                    .where(CALLBACK_DUE.RUN_ID.eq(runId))
                    .execute();
        }
    }
}
