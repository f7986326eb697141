package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.CONTEXT_ENTRY;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static org.jooq.impl.DSL.inline;

import dev.mneme.message.Message;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import java.util.List;

/** The queries of {@link Recall} on what is in a thread's context window. */
final class ContextSql {
    private ContextSql() {}

    private static final Prepared CONTEXT = Prepared.of(sql -> sql.select(MessageSql.READ)
            .from(CONTEXT_ENTRY)
            .join(MESSAGE)
            .on(MESSAGE.ID.eq(CONTEXT_ENTRY.MESSAGE_ID))
            .where(CONTEXT_ENTRY.THREAD_ID.eq(""))
            .and(MESSAGE.ORGANIZATION_ID.eq(""))
            .orderBy(CONTEXT_ENTRY.POSITION));

    private static final Prepared LAST = Prepared.of(sql -> sql.select(CONTEXT_ENTRY.POSITION)
            .from(CONTEXT_ENTRY)
            .where(CONTEXT_ENTRY.THREAD_ID.eq(""))
            .orderBy(CONTEXT_ENTRY.POSITION.desc())
            .limit(inline(1)));

    private static final Prepared INSERT = Prepared.of(sql -> sql.insertInto(
                    CONTEXT_ENTRY, CONTEXT_ENTRY.THREAD_ID, CONTEXT_ENTRY.POSITION, CONTEXT_ENTRY.MESSAGE_ID)
            .values("", 0L, ""));

    static List<String> ids(Tx tx, String threadId) {
        return tx.sql()
                .select(CONTEXT_ENTRY.MESSAGE_ID)
                .from(CONTEXT_ENTRY)
                .where(CONTEXT_ENTRY.THREAD_ID.eq(threadId))
                .orderBy(CONTEXT_ENTRY.POSITION)
                .fetchInto(String.class);
    }

    static List<Message> messages(Tx tx, String threadId) {
        return tx.list(CONTEXT, MessageSql::read, threadId, tx.org());
    }

    static void append(Tx tx, String threadId, List<String> messageIds) {
        Long last = tx.one(LAST, row -> row.getLong(1), threadId);
        insert(tx, threadId, last == null ? 0 : last + 1, messageIds);
    }

    static void replace(Tx tx, String threadId, List<String> messageIds) {
        clear(tx, threadId);
        insert(tx, threadId, 0, messageIds);
    }

    static void clear(Tx tx, String threadId) {
        tx.sql()
                .deleteFrom(CONTEXT_ENTRY)
                .where(CONTEXT_ENTRY.THREAD_ID.eq(threadId))
                .execute();
    }

    private static void insert(Tx tx, String threadId, long first, List<String> messageIds) {
        long position = first;
        for (String id : messageIds) {
            tx.run(INSERT, threadId, position++, id);
        }
    }
}
