package dev.mneme.run;

import static dev.mneme.store.gen.Tables.SCHEDULE;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.store.Keyset;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.ScheduleRecord;
import java.time.ZoneId;
import java.util.List;
import org.jooq.Condition;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The queries of {@link Schedules}. */
final class ScheduleSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(SCHEDULE, SCHEDULE.CREATED_AT, SCHEDULE.ID, SCHEDULE.ORGANIZATION_ID);

    private ScheduleSql() {}

    static void insert(Tx tx, Schedule made, Submit request) {
        ScheduleRecord row = new ScheduleRecord();
        row.setId(made.id());
        row.setOrganizationId(tx.org());
        row.setAgentId(made.agentId());
        row.setRequest(Json.write(request));
        row.setMessage(Texts.clean(Json.write(made.message())));
        row.setCron(made.when().cron());
        row.setScheduledAt(made.when().scheduledAt());
        row.setZone(made.when().zone().getId());
        row.setNextAt(made.nextAt());
        row.setCreatedAt(made.createdAt());
        row.setCreatedById(request.userId());
        tx.sql().insertInto(SCHEDULE).set(row).execute();
    }

    static int countOf(Tx tx, String agentId) {
        return tx.sql().fetchCount(SCHEDULE, SCHEDULE.AGENT_ID.eq(agentId).and(SCHEDULE.NEXT_AT.isNotNull()));
    }

    static @Nullable Schedule find(Tx tx, String agentId, String id) {
        ScheduleRecord row = tx.sql()
                .selectFrom(SCHEDULE)
                .where(SCHEDULE.ID.eq(id), SCHEDULE.AGENT_ID.eq(agentId), tx.own(SCHEDULE.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : schedule(row);
    }

    static List<Schedule> list(Tx tx, String agentId, @Nullable String after, int limit) {
        return Keyset.of(tx, ORDER, after, null, true)
                .page(
                        tx.sql()
                                .selectFrom(SCHEDULE)
                                .where(SCHEDULE.AGENT_ID.eq(agentId), tx.own(SCHEDULE.ORGANIZATION_ID)),
                        limit)
                .stream()
                .map(ScheduleSql::schedule)
                .toList();
    }

    static int delete(Tx tx, String agentId, String id) {
        return tx.sql()
                .deleteFrom(SCHEDULE)
                .where(SCHEDULE.ID.eq(id), SCHEDULE.AGENT_ID.eq(agentId), tx.own(SCHEDULE.ORGANIZATION_ID))
                .execute();
    }

    /** One that is due. */
    record Due(String id, String organizationId, long nextAt) {}

    static List<Due> due(Tx tx, long now, int limit) {
        return tx.sql()
                .select(SCHEDULE.ID, SCHEDULE.ORGANIZATION_ID, SCHEDULE.NEXT_AT)
                .from(SCHEDULE)
                .where(SCHEDULE.NEXT_AT.le(now))
                .orderBy(SCHEDULE.NEXT_AT)
                .limit(limit)
                .fetch(row -> new Due(row.value1(), row.value2(), row.value3()));
    }

    /** When the next one is due; null: none is. */
    static @Nullable Long nextDue(Tx tx) {
        return tx.sql()
                .select(DSL.min(SCHEDULE.NEXT_AT))
                .from(SCHEDULE)
                .where(SCHEDULE.NEXT_AT.isNotNull())
                .fetchOneInto(Long.class);
    }

    /** The row if it is still due as it was seen, and nobody else's until this transaction ends. */
    static @Nullable Schedule claim(Tx tx, Due due) {
        var query = tx.sql()
                .selectFrom(SCHEDULE)
                .where(SCHEDULE.ID.eq(due.id()), SCHEDULE.NEXT_AT.eq(due.nextAt()))
                .and(tx.own(SCHEDULE.ORGANIZATION_ID));
        // SQLite has one writer at a time and no words for a row lock.
        ScheduleRecord row = tx.sql().dialect() == SQLDialect.SQLITE
                ? query.fetchOne()
                : query.forUpdate().fetchOne();
        return row == null ? null : schedule(row);
    }

    static Submit request(Tx tx, String id) {
        return Json.read(
                tx.sql()
                        .select(SCHEDULE.REQUEST)
                        .from(SCHEDULE)
                        .where(SCHEDULE.ID.eq(id))
                        .fetchSingle(SCHEDULE.REQUEST),
                Submit.class);
    }

    static void sent(Tx tx, String id, @Nullable Long next, String runId, long at) {
        tx.sql()
                .update(SCHEDULE)
                .set(SCHEDULE.NEXT_AT, next)
                .set(SCHEDULE.OVER_AT, next == null ? Long.valueOf(at) : null)
                .set(SCHEDULE.RUN_ID, runId)
                .set(SCHEDULE.RAN_AT, at)
                .set(SCHEDULE.ERROR, (String) null)
                .where(SCHEDULE.ID.eq(id))
                .execute();
    }

    static void missed(Tx tx, String id, @Nullable Long next, String why, long at) {
        tx.sql()
                .update(SCHEDULE)
                .set(SCHEDULE.NEXT_AT, next)
                .set(SCHEDULE.OVER_AT, next == null ? Long.valueOf(at) : null)
                .set(SCHEDULE.ERROR, why)
                .where(SCHEDULE.ID.eq(id))
                .execute();
    }

    /** Those that will not come again, which was so before a time. */
    private static Condition over(long before) {
        return SCHEDULE.OVER_AT.lt(before);
    }

    static boolean anyOver(Tx tx, long before) {
        return tx.sql().fetchExists(SCHEDULE, over(before));
    }

    static int dropOver(Tx tx, long before) {
        return tx.sql().deleteFrom(SCHEDULE).where(over(before)).execute();
    }

    private static Schedule schedule(ScheduleRecord row) {
        return new Schedule(
                row.getId(),
                row.getAgentId(),
                Json.read(row.getMessage(), JsonNode.class),
                new Schedule.When(row.getScheduledAt(), row.getCron(), ZoneId.of(row.getZone())),
                row.getNextAt(),
                row.getRunId(),
                row.getRanAt(),
                row.getError(),
                row.getCreatedAt());
    }
}
