package dev.mneme.run;

import static dev.mneme.store.gen.Tables.BATCH;
import static dev.mneme.store.gen.Tables.BATCH_CALLBACK_DUE;
import static dev.mneme.store.gen.Tables.CALLBACK_DUE;
import static dev.mneme.store.gen.Tables.RUN;

import dev.mneme.store.Tx;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Runs and batches whose end is still to be told, and what became of the tries. */
final class CallbackSql {
    private CallbackSql() {}

    /** What ends and is told of. */
    enum Kind {
        RUN,
        BATCH
    }

    /** Something to tell of. id: of the run or the batch. attempts: tries before. */
    record Due(Kind kind, String id, String organizationId, int attempts, long dueAt) {}

    /** Where it stands that something of a kind is due. */
    private record Waiting<R extends Record>(
            Table<R> table,
            TableField<R, String> id,
            TableField<R, String> organizationId,
            TableField<R, Integer> attempts,
            TableField<R, Long> dueAt) {}

    /** Where it stands what became of the last try. */
    private record Outcome<R extends Record>(
            Table<R> table,
            TableField<R, String> id,
            TableField<R, Long> sentAt,
            TableField<R, Integer> statusCode,
            TableField<R, String> error) {}

    private static Waiting<?> waiting(Kind kind) {
        return switch (kind) {
            case RUN ->
                new Waiting<>(
                        CALLBACK_DUE,
                        CALLBACK_DUE.RUN_ID,
                        CALLBACK_DUE.ORGANIZATION_ID,
                        CALLBACK_DUE.ATTEMPTS,
                        CALLBACK_DUE.DUE_AT);
            case BATCH ->
                new Waiting<>(
                        BATCH_CALLBACK_DUE,
                        BATCH_CALLBACK_DUE.BATCH_ID,
                        BATCH_CALLBACK_DUE.ORGANIZATION_ID,
                        BATCH_CALLBACK_DUE.ATTEMPTS,
                        BATCH_CALLBACK_DUE.DUE_AT);
        };
    }

    private static Outcome<?> outcome(Kind kind) {
        return switch (kind) {
            case RUN -> new Outcome<>(RUN, RUN.ID, RUN.CALLBACK_SENT_AT, RUN.CALLBACK_STATUS_CODE, RUN.CALLBACK_ERROR);
            case BATCH ->
                new Outcome<>(
                        BATCH, BATCH.ID, BATCH.CALLBACK_SENT_AT, BATCH.CALLBACK_STATUS_CODE, BATCH.CALLBACK_ERROR);
        };
    }

    static void insert(Tx tx, Kind kind, String id, String organizationId, long now) {
        Waiting<?> at = waiting(kind);
        tx.sql()
                .insertInto(at.table, at.id, at.organizationId, at.attempts, at.dueAt)
                .values(id, organizationId, 0, now)
                .onConflictDoNothing()
                .execute();
    }

    /** What is due, the longest due first. */
    static List<Due> due(Tx tx, long now, int limit) {
        return Stream.of(Kind.values())
                .flatMap(kind -> due(tx, kind, now, limit).stream())
                .sorted(Comparator.comparingLong(Due::dueAt))
                .limit(limit)
                .toList();
    }

    private static List<Due> due(Tx tx, Kind kind, long now, int limit) {
        Waiting<?> at = waiting(kind);
        return tx.sql()
                .select(at.id, at.organizationId, at.attempts, at.dueAt)
                .from(at.table)
                .where(at.dueAt.le(now))
                .orderBy(at.dueAt)
                .limit(limit)
                .fetch(row -> new Due(kind, row.value1(), row.value2(), row.value3(), row.value4()));
    }

    /** When the next one is due; the given time when none waits. */
    static long nextDue(Tx tx, long otherwise) {
        return Stream.of(Kind.values())
                .map(CallbackSql::waiting)
                .map(at -> tx.sql().select(DSL.min(at.dueAt)).from(at.table).fetchOneInto(Long.class))
                .filter(next -> next != null)
                .mapToLong(Long::longValue)
                .min()
                .orElse(otherwise);
    }

    /** Takes a try on: false when another server was faster. Until {@code until} nobody else tries. */
    static boolean claim(Tx tx, Due due, long until) {
        Waiting<?> at = waiting(due.kind());
        return tx.sql()
                        .update(at.table)
                        .set(at.attempts, due.attempts() + 1)
                        .set(at.dueAt, until)
                        .where(at.id.eq(due.id()))
                        .and(at.dueAt.eq(due.dueAt()))
                        .execute()
                == 1;
    }

    /** Notes a try. again: when the next one is due; null: there is none. */
    static void tried(
            Tx tx, Due due, long now, @Nullable Integer status, @Nullable String error, @Nullable Long again) {
        Outcome<?> of = outcome(due.kind());
        tx.sql()
                .update(of.table)
                .set(of.sentAt, now)
                .set(of.statusCode, status)
                .set(of.error, error)
                .where(of.id.eq(due.id()))
                .execute();
        Waiting<?> at = waiting(due.kind());
        if (again == null) {
            tx.sql().deleteFrom(at.table).where(at.id.eq(due.id())).execute();
        } else {
            tx.sql()
                    .update(at.table)
                    .set(at.dueAt, again)
                    .where(at.id.eq(due.id()))
                    .execute();
        }
    }
}
