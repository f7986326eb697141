package dev.mneme.run;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.CONVERSATION;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.RUN;
import static dev.mneme.store.gen.Tables.RUN_EVENT;
import static dev.mneme.store.gen.Tables.TOOL;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.store.Keyset;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.RunRecord;
import dev.mneme.turn.InputMessage;
import dev.mneme.turn.TurnInput;
import dev.mneme.turn.TurnResult;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.Record2;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Rows of runs and logs. */
final class RunSql {
    private static final Keyset.Columns ORDER = new Keyset.Columns(RUN, RUN.CREATED_AT, RUN.ID, RUN.ORGANIZATION_ID);

    private static final Keyset.Columns BY_DURATION =
            new Keyset.Columns(RUN, MeasureSql.DURATION, RUN.ID, RUN.ORGANIZATION_ID);

    static final String CREATED = "created";
    static final String RUNNING = "running";

    /** A repeat by the official clients comes within this time (their own limit: 60 s and two retries), microseconds. */
    private static final long REPEAT_WINDOW = 10 * 60 * 1_000_000L;

    /** Runs of a thread, newest first, that are searched for the otid of one of several messages: resuming is for recent ones. */
    private static final int LOOKED_AT_FOR_OTID = 200;

    /** Notes of one kind in a run's metadata: more would make every reading of the run slow. */
    private static final int MOST_NOTES = 100;

    private RunSql() {}

    private static final Prepared BY_OTID = Prepared.of(sql -> sql.select(RUN.ID)
            .from(RUN)
            .where(RUN.ORGANIZATION_ID.eq(""))
            .and(RUN.THREAD_ID.eq(""))
            .and(RUN.OTID_KEY.eq(""))
            .orderBy(RUN.CREATED_AT.desc())
            .limit(inline(1)));

    /** The run of an earlier try of the same request, if any. */
    static @Nullable String earlierTry(Tx tx, Submit submit, long now) {
        if (submit.otidKey() != null) {
            String found = tx.one(BY_OTID, row -> row.getString(1), tx.org(), submit.threadId(), submit.otidKey());
            if (found != null) {
                return found;
            }
        }
        if (!submit.repeat()) {
            return null;
        }
        return tx.sql()
                .select(RUN.ID)
                .from(RUN)
                .where(tx.own(RUN.ORGANIZATION_ID).and(RUN.THREAD_ID.eq(submit.threadId())))
                .and(RUN.BODY_HASH.eq(submit.bodyHash()))
                .and(RUN.CREATED_AT.gt(now - REPEAT_WINDOW))
                .orderBy(RUN.CREATED_AT.desc())
                .limit(1)
                .fetchOne(RUN.ID);
    }

    private static final Prepared INSERT = Prepared.of(sql -> sql.insertInto(
                    RUN,
                    RUN.ID,
                    RUN.ORGANIZATION_ID,
                    RUN.AGENT_ID,
                    RUN.THREAD_ID,
                    RUN.CONVERSATION_ID,
                    RUN.STATUS,
                    RUN.BACKGROUND,
                    RUN.STREAMING,
                    RUN.INPUT,
                    RUN.REQUEST_CONFIG,
                    RUN.METADATA,
                    RUN.OTID_KEY,
                    RUN.BODY_HASH,
                    RUN.CALLBACK_URL,
                    RUN.CREATED_AT,
                    RUN.STARTED_AT,
                    RUN.CREATED_BY_ID)
            .values("", "", "", "", "", "", false, false, "", "", "", "", "", "", 0L, 0L, ""));

    static void insert(Tx tx, String runId, Submit submit, String status, long now) {
        RunOptions options = submit.options();
        tx.run(
                INSERT,
                runId,
                tx.org(),
                submit.agentId(),
                submit.threadId(),
                submit.conversationId(),
                status,
                options.background(),
                options.streaming(),
                Json.write(new StoredInput(submit.userId(), submit.messages())),
                Json.write(options),
                options.metadata() == null ? "{}" : Json.write(options.metadata()),
                submit.otidKey(),
                submit.bodyHash(),
                options.callbackUrl(),
                now,
                status.equals(RUNNING) ? Long.valueOf(now) : null,
                submit.userId());
    }

    static int waiting(Tx tx, String threadId) {
        return tx.sql()
                .fetchCount(DSL.selectOne()
                        .from(RUN)
                        .where(RUN.THREAD_ID.eq(threadId).and(RUN.STATUS.eq(CREATED))));
    }

    private static final Prepared FIRST_WAITING = Prepared.of(sql -> sql.select(RUN.ID)
            .from(RUN)
            .where(RUN.THREAD_ID.eq("").and(RUN.STATUS.eq("")))
            .orderBy(RUN.CREATED_AT, RUN.ID)
            .limit(inline(1)));

    /** The oldest run that waits for this thread. */
    static @Nullable Waiting firstWaiting(Tx tx, String threadId) {
        String id = tx.one(FIRST_WAITING, row -> row.getString(1), threadId, CREATED);
        RunRecord found = id == null
                ? null
                : tx.sql().selectFrom(RUN).where(RUN.ID.eq(id)).fetchOne();
        return found == null ? null : waiting(found);
    }

    /** A run of this organisation as it was taken in. */
    static Waiting stored(Tx tx, String runId) {
        return waiting(tx.sql().selectFrom(RUN).where(RUN.ID.eq(runId)).fetchSingle());
    }

    static Waiting waiting(RunRecord run) {
        StoredInput input = Json.read(run.getInput(), StoredInput.class);
        return new Waiting(
                run.getId(),
                run.getOrganizationId(),
                run.getAgentId(),
                run.getThreadId(),
                run.getConversationId(),
                input.userId(),
                input.messages(),
                Json.read(run.getRequestConfig(), RunOptions.class));
    }

    /** Adds an entry to a list in a run's metadata; the oldest make room. */
    static void note(Tx tx, String runId, String list, ObjectNode entry) {
        String stored =
                tx.sql().select(RUN.METADATA).from(RUN).where(RUN.ID.eq(runId)).fetchOne(RUN.METADATA);
        if (stored == null || !(Json.read(stored, JsonNode.class) instanceof ObjectNode metadata)) {
            return;
        }
        ArrayNode entries = metadata.withArray(list).add(entry);
        if (entries.size() > MOST_NOTES) {
            entries.remove(0);
        }
        tx.sql()
                .update(RUN)
                .set(RUN.METADATA, Json.write(metadata))
                .where(RUN.ID.eq(runId))
                .execute();
    }

    static void start(Tx tx, String runId, long now) {
        tx.sql()
                .update(RUN)
                .set(RUN.STATUS, RUNNING)
                .set(RUN.STARTED_AT, now)
                .where(RUN.ID.eq(runId))
                .execute();
    }

    private static final Prepared FINISH = Prepared.of(sql -> sql.update(RUN)
            .set(RUN.STATUS, "")
            .set(RUN.STOP_REASON, "")
            .set(RUN.USAGE, "")
            .set(RUN.ERROR, "")
            .set(RUN.COMPLETED_AT, 0L)
            .set(RUN.TTFT_NS, 0L)
            .set(RUN.TOTAL_DURATION_NS, 0L)
            .where(RUN.ID.eq("").and(RUN.STATUS.in(inline(CREATED), inline(RUNNING)))));

    /** Ends a run that started these others; false when it is gone or had ended before. */
    static boolean finish(
            Tx tx,
            String runId,
            TurnResult result,
            List<String> started,
            @Nullable Long ttftNs,
            long durationNs,
            long now) {
        return tx.run(
                        FINISH,
                        result.reason().runStatus(),
                        result.reason().word(),
                        Json.write(new RunRow.RunUsage(
                                result.usage(),
                                result.steps(),
                                result.contextTokens(),
                                started.isEmpty() ? null : started)),
                        result.failure() == null ? null : Json.write(result.failure()),
                        now,
                        ttftNs,
                        durationNs,
                        runId)
                == 1;
    }

    /** Whether a run waits or runs. */
    static boolean active(Tx tx, String runId) {
        return tx.sql()
                .fetchExists(DSL.selectOne()
                        .from(RUN)
                        .where(RUN.ID.eq(runId).and(RUN.STATUS.in(inline(CREATED), inline(RUNNING)))));
    }

    private static final Prepared EXISTS =
            Prepared.of(sql -> sql.select(RUN.ID).from(RUN).where(RUN.ID.eq("")));

    static boolean exists(Tx tx, String runId) {
        return tx.one(EXISTS, row -> row.getString(1), runId) != null;
    }

    /** When a run was taken in, microseconds. */
    static long createdAt(Tx tx, String runId) {
        return tx.sql().select(RUN.CREATED_AT).from(RUN).where(RUN.ID.eq(runId)).fetchSingle(RUN.CREATED_AT);
    }

    private static final Prepared INSERT_RECORDS = Prepared.of(sql -> sql.insertInto(
                    RUN_EVENT,
                    RUN_EVENT.RUN_ID,
                    RUN_EVENT.SEQ,
                    RUN_EVENT.LAST_SEQ,
                    RUN_EVENT.DATA,
                    RUN_EVENT.CREATED_AT)
            .values("", 0L, 0L, "", 0L));

    static void insertRecords(Tx tx, String runId, List<LogRecord> records, long now) {
        int from = 0;
        for (int i = 1; i <= records.size(); i++) {
            if (i == records.size()
                    || records.get(i).seq() != records.get(i - 1).seq() + 1) {
                insertChunk(tx, runId, records.subList(from, i), now);
                from = i;
            }
        }
    }

    private static void insertChunk(Tx tx, String runId, List<LogRecord> records, long now) {
        StringBuilder lines = new StringBuilder();
        for (LogRecord record : records) {
            lines.append(lines.isEmpty() ? "" : "\n").append(record.line());
        }
        tx.run(
                INSERT_RECORDS,
                runId,
                records.getFirst().seq(),
                records.getLast().seq(),
                lines.toString(),
                now);
    }

    /** Stored records after a number, in order. */
    static List<LogRecord> records(Tx tx, String runId, long after) {
        List<LogRecord> out = new ArrayList<>();
        for (Record2<Long, String> chunk : tx.sql()
                .select(RUN_EVENT.SEQ, RUN_EVENT.DATA)
                .from(RUN_EVENT)
                .where(RUN_EVENT.RUN_ID.eq(runId).and(RUN_EVENT.LAST_SEQ.gt(after)))
                .orderBy(RUN_EVENT.SEQ)
                .fetch()) {
            long seq = chunk.value1();
            for (String line : chunk.value2().split("\n", -1)) {
                if (seq > after) {
                    out.add(LogRecord.parse(seq, line));
                }
                seq++;
            }
        }
        return out;
    }

    static long lastSeq(Tx tx, String runId) {
        Long found = tx.sql()
                .select(max(RUN_EVENT.LAST_SEQ))
                .from(RUN_EVENT)
                .where(RUN_EVENT.RUN_ID.eq(runId))
                .fetchOneInto(Long.class);
        return found == null ? 0 : found;
    }

    static int dropRecordsOlderThan(Tx tx, long limit) {
        return tx.sql()
                .deleteFrom(RUN_EVENT)
                .where(RUN_EVENT.CREATED_AT.lt(limit))
                .and(RUN_EVENT.RUN_ID.in(DSL.select(RUN.ID).from(RUN).where(RUN.STATUS.notIn(CREATED, RUNNING))))
                .execute();
    }

    static boolean hasRecordsOlderThan(Tx tx, long limit) {
        return tx.sql().fetchExists(DSL.selectOne().from(RUN_EVENT).where(RUN_EVENT.CREATED_AT.lt(limit)));
    }

    static RunRow get(Tx tx, String runId) {
        RunRecord found = tx.sql()
                .selectFrom(RUN)
                .where(tx.own(RUN.ORGANIZATION_ID).and(RUN.ID.eq(runId)))
                .fetchOne();
        if (found == null) {
            throw Problem.notFound("Run not found with id='" + runId + "'");
        }
        return row(found);
    }

    static @Nullable RunRow newestActive(Tx tx, String threadId) {
        RunRecord found = tx.sql()
                .selectFrom(RUN)
                .where(tx.own(RUN.ORGANIZATION_ID).and(RUN.THREAD_ID.eq(threadId)))
                .and(RUN.STATUS.in(CREATED, RUNNING))
                .orderBy(RUN.CREATED_AT.desc(), RUN.ID.desc())
                .limit(1)
                .fetchOne();
        return found == null ? null : row(found);
    }

    /** The newest run of a thread whose request had a message with this otid, among its latest ones. */
    static @Nullable RunRow byOtid(Tx tx, String threadId, String otid) {
        String id = tx
                .sql()
                .select(RUN.ID, RUN.OTID_KEY)
                .from(RUN)
                .where(tx.own(RUN.ORGANIZATION_ID).and(RUN.THREAD_ID.eq(threadId)))
                .and(RUN.OTID_KEY.isNotNull())
                .orderBy(RUN.CREATED_AT.desc(), RUN.ID.desc())
                .limit(LOOKED_AT_FOR_OTID)
                .fetch()
                .stream()
                .filter(run -> List.of(run.value2().split("\n")).contains(otid))
                .map(Record2::value1)
                .findFirst()
                .orElse(null);
        return id == null ? null : get(tx, id);
    }

    static void delete(Tx tx, String runId) {
        tx.sql().deleteFrom(RUN_EVENT).where(RUN_EVENT.RUN_ID.eq(runId)).execute();
        tx.sql()
                .deleteFrom(RUN)
                .where(tx.own(RUN.ORGANIZATION_ID).and(RUN.ID.eq(runId)))
                .execute();
    }

    static List<String> toolsUsed(Tx tx, String runId) {
        Set<String> names = new LinkedHashSet<>();
        tx.sql()
                .select(MESSAGE.TOOL_CALLS)
                .from(MESSAGE)
                .where(tx.own(MESSAGE.ORGANIZATION_ID).and(MESSAGE.RUN_ID.eq(runId)))
                .and(MESSAGE.TOOL_CALLS.isNotNull())
                .fetch(MESSAGE.TOOL_CALLS)
                .forEach(calls -> Json.read(calls, JsonNode.class)
                        .forEach(call -> names.add(call.path("name").asText())));
        return names.isEmpty()
                ? List.of()
                : tx.sql()
                        .select(TOOL.ID)
                        .from(TOOL)
                        .where(tx.own(TOOL.ORGANIZATION_ID).and(TOOL.NAME.in(names)))
                        .orderBy(TOOL.NAME)
                        .fetchInto(String.class);
    }

    static List<RunRow> list(Tx tx, RunFilter filter) {
        Condition where = tx.own(RUN.ORGANIZATION_ID);
        if (!filter.agentIds().isEmpty()) {
            where = where.and(RUN.AGENT_ID.in(filter.agentIds()));
        }
        if (!filter.statuses().isEmpty()) {
            where = where.and(RUN.STATUS.in(filter.statuses()));
        }
        if (filter.background() != null) {
            where = where.and(RUN.BACKGROUND.eq(filter.background()));
        }
        if (filter.stopReason() != null) {
            where = where.and(RUN.STOP_REASON.eq(filter.stopReason()));
        }
        if (filter.conversationId() != null) {
            where = where.and(RUN.CONVERSATION_ID.eq(filter.conversationId()));
        }
        where = MeasureSql.narrow(tx, where, filter.measures());
        return Keyset.of(
                        tx,
                        filter.measures().byDuration() ? BY_DURATION : ORDER,
                        filter.after(),
                        filter.before(),
                        filter.ascending())
                .page(tx.sql().selectFrom(RUN).where(where), filter.limit())
                .stream()
                .map(RunSql::row)
                .toList();
    }

    private static RunRow row(RunRecord run) {
        return new RunRow(
                run.getId(),
                run.getAgentId(),
                run.getThreadId(),
                run.getConversationId(),
                run.getStatus(),
                run.getStopReason(),
                run.getBackground(),
                run.getStreaming(),
                Json.read(run.getRequestConfig(), RunOptions.class),
                Json.read(run.getMetadata(), com.fasterxml.jackson.databind.JsonNode.class),
                run.getUsage() == null ? null : Json.read(run.getUsage(), RunRow.RunUsage.class),
                run.getError() == null
                        ? null
                        : Json.read(run.getError(), com.fasterxml.jackson.databind.JsonNode.class),
                run.getCallbackUrl(),
                run.getCallbackSentAt(),
                run.getCallbackStatusCode(),
                run.getCallbackError(),
                run.getCreatedAt(),
                run.getStartedAt(),
                run.getCompletedAt(),
                run.getTtftNs(),
                run.getTotalDurationNs());
    }

    private static final Prepared MARK_AGENT = Prepared.of(sql -> sql.update(AGENT)
            .set(AGENT.LAST_STOP_REASON, "")
            .set(AGENT.LAST_RUN_COMPLETION, 0L)
            .set(AGENT.LAST_RUN_DURATION_MS, 0L)
            .where(AGENT.ID.eq("")));

    private static final Prepared MARK_CONVERSATION = Prepared.of(sql ->
            sql.update(CONVERSATION).set(CONVERSATION.LAST_RUN_COMPLETION, 0L).where(CONVERSATION.ID.eq("")));

    /** Marks on the agent, and on the conversation if it was in one, what the last run did. */
    static void markThread(Tx tx, Waiting run, TurnResult result, long now, long durationNs) {
        tx.run(MARK_AGENT, result.reason().word(), now, durationNs / 1_000_000, run.agentId());
        if (run.conversationId() != null) {
            tx.run(MARK_CONVERSATION, now, run.conversationId());
        }
    }

    private static final Prepared MARK_MESSAGE = Prepared.of(sql -> sql.update(CONVERSATION)
            .set(CONVERSATION.LAST_MESSAGE_AT, 0L)
            .where(CONVERSATION.ID.eq("").and(CONVERSATION.DELETED_AT.isNull())));

    /** Marks on a conversation that somebody said something; false when it is gone. */
    static boolean markMessage(Tx tx, String conversationId, long now) {
        return tx.run(MARK_MESSAGE, now, conversationId) == 1;
    }

    private static final Prepared ALIVE = Prepared.of(sql -> sql.select(RUN.ID)
            .from(RUN)
            .leftJoin(CONVERSATION)
            .on(CONVERSATION.ID.eq(RUN.CONVERSATION_ID))
            .where(RUN.ID.eq("").and(RUN.STATUS.eq("")).and(CONVERSATION.DELETED_AT.isNull())));

    /**
     * Whether a run may still write: neither its agent nor its conversation was deleted, and nobody has ended it meanwhile, as happens to a
     * server that was out of reach for longer than its lease.
     */
    static boolean alive(Tx tx, String runId) {
        return tx.one(ALIVE, row -> row.getString(1), runId, RUNNING) != null;
    }

    /** What a run is asked, as stored until it starts. */
    record StoredInput(String userId, List<InputMessage> messages) {}

    /** A run that can be started. */
    record Waiting(
            String runId,
            String organizationId,
            String agentId,
            String threadId,
            @Nullable String conversationId,
            String userId,
            List<InputMessage> messages,
            RunOptions options) {
        static Waiting of(String runId, Submit submit) {
            return new Waiting(
                    runId,
                    submit.organizationId(),
                    submit.agentId(),
                    submit.threadId(),
                    submit.conversationId(),
                    submit.userId(),
                    submit.messages(),
                    submit.options());
        }

        /** What the loop is given for a step of this run that was stored already. */
        TurnInput step(String stepId) {
            boolean answers = messages.getFirst().approval() != null;
            return new TurnInput(
                    organizationId,
                    userId,
                    runId,
                    agentId,
                    threadId,
                    conversationId,
                    stepId,
                    options.turn(),
                    answers ? messages.subList(1, messages.size()) : null);
        }

        /** As {@link #step}, for a new one. */
        TurnInput newStep() {
            return step(IdKind.STEP.next());
        }
    }
}
