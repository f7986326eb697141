package dev.mneme.agent;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.CONTEXT_ENTRY;
import static dev.mneme.store.gen.Tables.CONTEXT_HEAD;
import static dev.mneme.store.gen.Tables.CONVERSATION;
import static dev.mneme.store.gen.Tables.LEASE;
import static dev.mneme.store.gen.Tables.RUN;
import static org.jooq.impl.DSL.selectOne;

import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** What {@link Doctor} looks for in the tables. */
final class DoctorSql {
    private DoctorSql() {}

    /** An agent, and whose it is. */
    record Patient(String agentId, String organizationId) {}

    /** So many agents behind one, by id; null: from the start. */
    static List<Patient> agents(Tx tx, @Nullable String after, int limit) {
        return tx.sql()
                .select(AGENT.ID, AGENT.ORGANIZATION_ID)
                .from(AGENT)
                .where(after == null ? DSL.noCondition() : AGENT.ID.gt(after))
                .orderBy(AGENT.ID)
                .limit(limit)
                .fetch(row -> new Patient(row.value1(), row.value2()));
    }

    static @Nullable AgentState agent(Tx tx, String id) {
        return tx.sql().selectFrom(AGENT).where(AGENT.ID.eq(id)).fetchOne(AgentSql::state);
    }

    /** The threads of an agent that no turn works on: its own and its conversations'. */
    static List<String> quietThreads(Tx tx, String agentId) {
        List<String> threads = new ArrayList<>();
        threads.add(agentId);
        threads.addAll(tx.sql()
                .select(CONVERSATION.ID)
                .from(CONVERSATION)
                .where(CONVERSATION.AGENT_ID.eq(agentId), CONVERSATION.DELETED_AT.isNull())
                .orderBy(CONVERSATION.ID)
                .fetch(CONVERSATION.ID));
        threads.removeIf(thread -> tx.sql().fetchExists(LEASE, LEASE.THREAD_ID.eq(thread)));
        return threads;
    }

    private static Condition nobodys(Field<String> threadId) {
        return DSL.notExists(selectOne().from(AGENT).where(AGENT.ID.eq(threadId)))
                .and(DSL.notExists(selectOne().from(CONVERSATION).where(CONVERSATION.ID.eq(threadId))));
    }

    private static Condition runless() {
        // A lease of something that is no run (a compaction) ends by itself.
        return LEASE.RUN_ID
                .startsWith("run-")
                .and(DSL.notExists(selectOne().from(RUN).where(RUN.ID.eq(LEASE.RUN_ID))));
    }

    /** Entries of contexts of threads that are gone, and leases of runs that are. */
    static long lost(Tx tx) {
        return (long) tx.sql().fetchCount(CONTEXT_ENTRY, nobodys(CONTEXT_ENTRY.THREAD_ID))
                + tx.sql().fetchCount(CONTEXT_HEAD, nobodys(CONTEXT_HEAD.THREAD_ID))
                + tx.sql().fetchCount(LEASE, runless());
    }

    static void dropLost(Tx tx) {
        tx.sql()
                .deleteFrom(CONTEXT_ENTRY)
                .where(nobodys(CONTEXT_ENTRY.THREAD_ID))
                .execute();
        tx.sql().deleteFrom(CONTEXT_HEAD).where(nobodys(CONTEXT_HEAD.THREAD_ID)).execute();
        tx.sql().deleteFrom(LEASE).where(runless()).execute();
    }
}
