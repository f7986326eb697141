package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.CONTEXT_ENTRY;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE_COUNT;
import static dev.mneme.store.gen.Tables.TOMBSTONE;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.selectOne;

import dev.mneme.message.Message;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jooq.Condition;

/** The queries of {@link Recall} that take messages out for good: of the history, of every context, and of the index. */
final class ForgetSql {
    /** Ids in one IN list; SQLite allows 32,766 parameters. */
    private static final int IDS_AT_ONCE = 5_000;

    private ForgetSql() {}

    private static final Prepared TOMBSTONES =
            Prepared.of(sql -> sql.insertInto(TOMBSTONE, TOMBSTONE.CHANGE_SEQ, TOMBSTONE.KIND, TOMBSTONE.ENTITY_ID)
                    .values(0L, "", ""));

    /** How many there were. What else names the messages (contexts, vectors, shares) goes with them. */
    static int forget(Tx tx, String agentId, List<String> ids, LongSupplier changes) {
        int gone = 0;
        for (int start = 0; start < ids.size(); start += IDS_AT_ONCE) {
            List<String> some = ids.subList(start, Math.min(ids.size(), start + IDS_AT_ONCE));
            for (String id : some) {
                long change = changes.getAsLong();
                ContextSql.changed(tx, id, change);
                tx.run(TOMBSTONES, change, "message", id);
            }
            gone += tx.sql()
                    .deleteFrom(MESSAGE)
                    .where(tx.own(MESSAGE.ORGANIZATION_ID))
                    .and(MESSAGE.AGENT_ID.eq(agentId))
                    .and(MESSAGE.ID.in(some))
                    .execute();
        }
        tx.sql()
                .update(MESSAGE_COUNT)
                .set(MESSAGE_COUNT.MESSAGES, MESSAGE_COUNT.MESSAGES.minus((long) gone))
                .where(MESSAGE_COUNT.AGENT_ID.eq(agentId))
                .execute();
        return gone;
    }

    /** The threads in whose context one of the messages is. */
    static Set<String> threads(Tx tx, Collection<String> ids) {
        return new LinkedHashSet<>(tx.sql()
                .selectDistinct(CONTEXT_ENTRY.THREAD_ID)
                .from(CONTEXT_ENTRY)
                .where(CONTEXT_ENTRY.MESSAGE_ID.in(ids))
                .orderBy(CONTEXT_ENTRY.THREAD_ID)
                .fetchInto(String.class));
    }

    /** Whether the message is the system message of a thread. */
    static boolean leads(Tx tx, String id) {
        return tx.sql()
                .fetchExists(selectOne()
                        .from(CONTEXT_ENTRY)
                        .where(CONTEXT_ENTRY.MESSAGE_ID.eq(id))
                        .and(CONTEXT_ENTRY.POSITION.eq(0L)));
    }

    /** The rows of a message's thread around it, itself among them, in order; at most so many on each side. */
    static List<Message> around(Tx tx, Message row, int each) {
        Condition thread = tx.own(MESSAGE.ORGANIZATION_ID)
                .and(MESSAGE.AGENT_ID.eq(row.agentId()))
                .and(
                        row.conversationId() == null
                                ? MESSAGE.CONVERSATION_ID.isNull()
                                : MESSAGE.CONVERSATION_ID.eq(row.conversationId()));
        Condition later = row(MESSAGE.CREATED_AT, MESSAGE.ID).gt(row.createdAt(), row.id());
        List<Message> out = new ArrayList<>(MessageSql.messages(tx.sql()
                .selectFrom(MESSAGE)
                .where(thread.and(not(later)))
                .orderBy(MESSAGE.CREATED_AT.desc(), MESSAGE.ID.desc())
                .limit(each + 1)
                .fetch()
                .sortAsc(MESSAGE.CREATED_AT)));
        out.addAll(MessageSql.messages(tx.sql()
                .selectFrom(MESSAGE)
                .where(thread.and(later))
                .orderBy(MESSAGE.CREATED_AT, MESSAGE.ID)
                .limit(each)
                .fetch()));
        return out;
    }
}
