package dev.mneme.run;

import static dev.mneme.store.gen.Tables.BATCH;
import static dev.mneme.store.gen.Tables.BATCH_ITEM;

import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.store.Keyset;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.BatchRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The queries of {@link Batches}. */
final class BatchSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(BATCH, BATCH.CREATED_AT, BATCH.ID, BATCH.ORGANIZATION_ID);

    private BatchSql() {}

    static void insert(
            Tx tx, String id, @Nullable String userId, @Nullable String callbackUrl, long now, List<Submit> requests) {
        tx.sql()
                .insertInto(
                        BATCH,
                        BATCH.ID,
                        BATCH.ORGANIZATION_ID,
                        BATCH.STATUS,
                        BATCH.CALLBACK_URL,
                        BATCH.CREATED_AT,
                        BATCH.UPDATED_AT,
                        BATCH.CREATED_BY_ID)
                .values(id, tx.org(), BatchRow.CREATED, callbackUrl, now, now, userId)
                .execute();
        for (int i = 0; i < requests.size(); i++) {
            tx.sql()
                    .insertInto(
                            BATCH_ITEM,
                            BATCH_ITEM.BATCH_ID,
                            BATCH_ITEM.POSITION,
                            BATCH_ITEM.AGENT_ID,
                            BATCH_ITEM.REQUEST)
                    .values(id, (long) i, requests.get(i).agentId(), Json.write(requests.get(i)))
                    .execute();
        }
    }

    static BatchRow get(Tx tx, String id) {
        BatchRecord found = tx.sql()
                .selectFrom(BATCH)
                .where(BATCH.ID.eq(id))
                .and(tx.own(BATCH.ORGANIZATION_ID))
                .fetchOne();
        if (found == null) {
            throw Problem.notFound("Job not found with id='" + id + "'");
        }
        return rows(tx, List.of(found)).getFirst();
    }

    static List<BatchRow> list(Tx tx, @Nullable String after, @Nullable String before, boolean ascending, int limit) {
        return rows(
                tx,
                Keyset.of(tx, ORDER, after, before, ascending)
                        .page(tx.sql().selectFrom(BATCH).where(tx.own(BATCH.ORGANIZATION_ID)), limit));
    }

    private static List<BatchRow> rows(Tx tx, List<BatchRecord> found) {
        Map<String, List<BatchRow.Item>> items = tx.sql()
                .select(
                        BATCH_ITEM.BATCH_ID,
                        BATCH_ITEM.POSITION,
                        BATCH_ITEM.AGENT_ID,
                        BATCH_ITEM.RUN_ID,
                        BATCH_ITEM.ERROR)
                .from(BATCH_ITEM)
                .where(BATCH_ITEM.BATCH_ID.in(
                        found.stream().map(BatchRecord::getId).toList()))
                .orderBy(BATCH_ITEM.BATCH_ID, BATCH_ITEM.POSITION)
                .fetchGroups(
                        BATCH_ITEM.BATCH_ID,
                        row -> new BatchRow.Item(row.value2().intValue(), row.value3(), row.value4(), row.value5()));
        List<BatchRow> out = new ArrayList<>();
        for (BatchRecord batch : found) {
            out.add(new BatchRow(
                    batch.getId(),
                    batch.getStatus(),
                    batch.getCallbackUrl(),
                    batch.getCallbackSentAt(),
                    batch.getCallbackStatusCode(),
                    batch.getCallbackError(),
                    batch.getCreatedAt(),
                    batch.getUpdatedAt(),
                    batch.getCompletedAt(),
                    batch.getCreatedById(),
                    items.getOrDefault(batch.getId(), List.of())));
        }
        return out;
    }

    static Submit request(Tx tx, String id, int position) {
        String text = tx.sql()
                .select(BATCH_ITEM.REQUEST)
                .from(BATCH_ITEM)
                .where(BATCH_ITEM.BATCH_ID.eq(id))
                .and(BATCH_ITEM.POSITION.eq((long) position))
                .fetchSingle(BATCH_ITEM.REQUEST);
        return Json.read(text, Submit.class);
    }

    static void taken(Tx tx, String id, int position, @Nullable String runId, @Nullable String error) {
        tx.sql()
                .update(BATCH_ITEM)
                .set(BATCH_ITEM.RUN_ID, runId)
                .set(BATCH_ITEM.ERROR, error)
                .where(BATCH_ITEM.BATCH_ID.eq(id))
                .and(BATCH_ITEM.POSITION.eq((long) position))
                .execute();
    }

    /** Moves a batch on; false when it had ended, and stays as it is. */
    static boolean mark(Tx tx, String id, String status, long now, @Nullable Long completedAt) {
        return tx.sql()
                        .update(BATCH)
                        .set(BATCH.STATUS, status)
                        .set(BATCH.UPDATED_AT, now)
                        .set(BATCH.COMPLETED_AT, completedAt)
                        .where(BATCH.ID.eq(id))
                        .and(BATCH.STATUS.in(BatchRow.CREATED, BatchRow.RUNNING))
                        .execute()
                == 1;
    }

    /** A batch that is not done. */
    record Open(String id, String organizationId) {}

    static List<Open> open(Tx tx) {
        return tx.sql()
                .select(BATCH.ID, BATCH.ORGANIZATION_ID)
                .from(BATCH)
                .where(BATCH.STATUS.in(DSL.inline(BatchRow.CREATED), DSL.inline(BatchRow.RUNNING)))
                .orderBy(BATCH.CREATED_AT)
                .fetch(row -> new Open(row.value1(), row.value2()));
    }
}
