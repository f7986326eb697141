package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.CONTEXT_ENTRY;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static org.jooq.impl.DSL.max;

import dev.mneme.message.Message;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.ContextEntryRecord;
import java.util.ArrayList;
import java.util.List;

/** The queries of {@link Recall} on what is in a thread's context window. */
final class ContextSql {
    private ContextSql() {}

    static List<String> ids(Tx tx, String threadId) {
        return tx.sql()
                .select(CONTEXT_ENTRY.MESSAGE_ID)
                .from(CONTEXT_ENTRY)
                .where(CONTEXT_ENTRY.THREAD_ID.eq(threadId))
                .orderBy(CONTEXT_ENTRY.POSITION)
                .fetchInto(String.class);
    }

    static List<Message> messages(Tx tx, String threadId) {
        return MessageSql.messages(tx.sql()
                .select(MESSAGE.fields())
                .from(CONTEXT_ENTRY)
                .join(MESSAGE)
                .on(MESSAGE.ID.eq(CONTEXT_ENTRY.MESSAGE_ID))
                .where(CONTEXT_ENTRY.THREAD_ID.eq(threadId))
                .and(tx.own(MESSAGE.ORGANIZATION_ID))
                .orderBy(CONTEXT_ENTRY.POSITION)
                .fetchInto(MESSAGE));
    }

    static void append(Tx tx, String threadId, List<String> messageIds) {
        Long last = tx.sql()
                .select(max(CONTEXT_ENTRY.POSITION))
                .from(CONTEXT_ENTRY)
                .where(CONTEXT_ENTRY.THREAD_ID.eq(threadId))
                .fetchOneInto(Long.class);
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
        List<ContextEntryRecord> rows = new ArrayList<>(messageIds.size());
        long position = first;
        for (String id : messageIds) {
            ContextEntryRecord row = tx.sql().newRecord(CONTEXT_ENTRY);
            row.setThreadId(threadId);
            row.setPosition(position++);
            row.setMessageId(id);
            rows.add(row);
        }
        if (!rows.isEmpty()) {
            tx.sql().batchInsert(rows).execute();
        }
    }
}
