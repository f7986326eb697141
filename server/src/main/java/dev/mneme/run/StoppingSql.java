package dev.mneme.run;

import static dev.mneme.store.gen.Tables.CONTEXT_ENTRY;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.RUN;
import static org.jooq.impl.DSL.inline;

import dev.mneme.message.StopReason;
import dev.mneme.store.Tx;
import java.util.Collection;
import java.util.List;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Queries of {@link Stopping}. */
final class StoppingSql {
    /** Paused runs of an agent that are looked at, newest first: more than one thread of an agent rarely waits. */
    private static final int PAUSED = 20;

    private StoppingSql() {}

    /** Where a run stands, as far as stopping it depends on that. */
    record Standing(String status, @Nullable String stopReason, String threadId) {
        boolean paused() {
            return status.equals("completed")
                    && StopReason.REQUIRES_APPROVAL.word().equals(stopReason);
        }
    }

    static @Nullable Standing standing(Tx tx, String runId) {
        return tx.sql()
                .select(RUN.STATUS, RUN.STOP_REASON, RUN.THREAD_ID)
                .from(RUN)
                .where(tx.own(RUN.ORGANIZATION_ID).and(RUN.ID.eq(runId)))
                .fetchOne(found -> new Standing(found.value1(), found.value2(), found.value3()));
    }

    /** Notes the wish for the server that works on the run. */
    static void wish(Tx tx, String runId) {
        tx.sql()
                .update(RUN)
                .set(RUN.CANCEL_REQUESTED, true)
                .where(tx.own(RUN.ORGANIZATION_ID).and(RUN.ID.eq(runId)))
                .execute();
    }

    /** Which of these runs somebody wants stopped. */
    static List<String> wished(Tx tx, Collection<String> runIds) {
        return tx.sql()
                .select(RUN.ID)
                .from(RUN)
                .where(RUN.ID.in(runIds).and(RUN.CANCEL_REQUESTED.isTrue()))
                .fetchInto(String.class);
    }

    /** A run that paused for approval and whose request was taken back. */
    static void takenBack(Tx tx, String runId) {
        tx.sql()
                .update(RUN)
                .set(RUN.STATUS, StopReason.CANCELLED.runStatus())
                .set(RUN.STOP_REASON, StopReason.CANCELLED.word())
                .where(tx.own(RUN.ORGANIZATION_ID).and(RUN.ID.eq(runId)))
                .execute();
    }

    /** Runs on a thread, or of an agent on all its threads, that have not ended; newest first. */
    static List<String> open(Tx tx, String agentId, @Nullable String threadId, int limit) {
        return tx.sql()
                .select(RUN.ID)
                .from(RUN)
                .where(tx.own(RUN.ORGANIZATION_ID).and(RUN.AGENT_ID.eq(agentId)))
                .and(threadId == null ? DSL.noCondition() : RUN.THREAD_ID.eq(threadId))
                .and(RUN.STATUS.in(RunSql.CREATED, RunSql.RUNNING))
                .orderBy(RUN.CREATED_AT.desc())
                .limit(limit)
                .fetchInto(String.class);
    }

    /** A run that ended by asking. */
    record Paused(String runId, String threadId) {}

    static List<Paused> paused(Tx tx, String agentId, @Nullable String threadId) {
        return tx.sql()
                .select(RUN.ID, RUN.THREAD_ID)
                .from(RUN)
                .where(tx.own(RUN.ORGANIZATION_ID).and(RUN.AGENT_ID.eq(agentId)))
                .and(threadId == null ? DSL.noCondition() : RUN.THREAD_ID.eq(threadId))
                .and(RUN.STOP_REASON.eq(StopReason.REQUIRES_APPROVAL.word()))
                .orderBy(RUN.CREATED_AT.desc())
                .limit(PAUSED)
                .fetch(found -> new Paused(found.value1(), found.value2()));
    }

    /** A thread that ends with an unanswered request. */
    record Asking(String organizationId, String threadId) {}

    /** Threads that have waited with a request since a time in this span, in microseconds. */
    static List<Asking> asking(Tx tx, long after, long until) {
        var later = CONTEXT_ENTRY.as("later");
        return tx.sql()
                .select(MESSAGE.ORGANIZATION_ID, CONTEXT_ENTRY.THREAD_ID)
                .from(MESSAGE)
                .join(CONTEXT_ENTRY)
                .on(CONTEXT_ENTRY.MESSAGE_ID.eq(MESSAGE.ID))
                .where(MESSAGE.ROLE.eq(inline("approval")).and(MESSAGE.TOOL_CALLS.isNotNull()))
                .and(MESSAGE.CREATED_AT.gt(after).and(MESSAGE.CREATED_AT.le(until)))
                .and(DSL.notExists(DSL.selectOne()
                        .from(later)
                        .where(later.THREAD_ID.eq(CONTEXT_ENTRY.THREAD_ID))
                        .and(later.POSITION.gt(CONTEXT_ENTRY.POSITION))))
                .fetch(found -> new Asking(found.value1(), found.value2()));
    }
}
