package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.CONTEXT_ENTRY;
import static dev.mneme.store.gen.Tables.CONTEXT_HEAD;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static org.jooq.impl.DSL.excluded;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.val;

import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The queries of {@link Recall} on what is in a thread's context window. */
final class ContextSql {
    private ContextSql() {}

    private static final Prepared CONTEXT = Prepared.of(sql -> sql.select(CONTEXT_ENTRY.POSITION)
            .select(MessageSql.READ)
            .from(CONTEXT_ENTRY)
            .join(MESSAGE)
            .on(MESSAGE.ID.eq(CONTEXT_ENTRY.MESSAGE_ID))
            .where(CONTEXT_ENTRY.THREAD_ID.eq(""))
            .and(CONTEXT_ENTRY.POSITION.ge(0L))
            .and(MESSAGE.ORGANIZATION_ID.eq(""))
            .orderBy(CONTEXT_ENTRY.POSITION));

    private static final Prepared ENTRIES =
            Prepared.of(sql -> sql.select(CONTEXT_ENTRY.POSITION, CONTEXT_ENTRY.MESSAGE_ID)
                    .from(CONTEXT_ENTRY)
                    .where(CONTEXT_ENTRY.THREAD_ID.eq(""))
                    .orderBy(CONTEXT_ENTRY.POSITION));

    private static final Prepared LAST = Prepared.of(sql -> sql.select(CONTEXT_ENTRY.POSITION)
            .from(CONTEXT_ENTRY)
            .where(CONTEXT_ENTRY.THREAD_ID.eq(""))
            .orderBy(CONTEXT_ENTRY.POSITION.desc())
            .limit(inline(1)));

    /** Rows that {@link #tail} reads. */
    static final int TAIL = 12;

    private static final Prepared TAIL_ROWS = Prepared.of(sql -> sql.select(MessageSql.READ)
            .from(CONTEXT_ENTRY)
            .join(MESSAGE)
            .on(MESSAGE.ID.eq(CONTEXT_ENTRY.MESSAGE_ID))
            .where(CONTEXT_ENTRY.THREAD_ID.eq(""))
            .and(MESSAGE.ORGANIZATION_ID.eq(""))
            .orderBy(CONTEXT_ENTRY.POSITION.desc())
            .limit(inline(TAIL)));

    private static final Prepared LAST_ROW = Prepared.of(sql -> sql.select(MESSAGE.ID, MESSAGE.ROLE, MESSAGE.TOOL_CALLS)
            .from(CONTEXT_ENTRY)
            .join(MESSAGE)
            .on(MESSAGE.ID.eq(CONTEXT_ENTRY.MESSAGE_ID))
            .where(CONTEXT_ENTRY.THREAD_ID.eq(""))
            .and(MESSAGE.ORGANIZATION_ID.eq(""))
            .orderBy(CONTEXT_ENTRY.POSITION.desc())
            .limit(inline(1)));

    private static final Prepared INSERT = Prepared.of(sql -> sql.insertInto(
                    CONTEXT_ENTRY, CONTEXT_ENTRY.THREAD_ID, CONTEXT_ENTRY.POSITION, CONTEXT_ENTRY.MESSAGE_ID)
            .values("", 0L, ""));

    private static final Prepared REVISION = Prepared.of(
            sql -> sql.select(CONTEXT_HEAD.REVISION).from(CONTEXT_HEAD).where(CONTEXT_HEAD.THREAD_ID.eq("")));

    private static final Prepared CHANGED = Prepared.of(
            sql -> sql.insertInto(CONTEXT_HEAD, CONTEXT_HEAD.THREAD_ID, CONTEXT_HEAD.AGENT_ID, CONTEXT_HEAD.REVISION)
                    .select(sql.selectDistinct(CONTEXT_ENTRY.THREAD_ID, MESSAGE.AGENT_ID, val(0L))
                            .from(CONTEXT_ENTRY)
                            .join(MESSAGE)
                            .on(MESSAGE.ID.eq(CONTEXT_ENTRY.MESSAGE_ID))
                            .where(CONTEXT_ENTRY.MESSAGE_ID.eq("")))
                    .onConflict(CONTEXT_HEAD.THREAD_ID)
                    .doUpdate()
                    .set(CONTEXT_HEAD.REVISION, excluded(CONTEXT_HEAD.REVISION)));

    static List<String> ids(Tx tx, String threadId) {
        return tx.sql()
                .select(CONTEXT_ENTRY.MESSAGE_ID)
                .from(CONTEXT_ENTRY)
                .where(CONTEXT_ENTRY.THREAD_ID.eq(threadId))
                .orderBy(CONTEXT_ENTRY.POSITION)
                .fetchInto(String.class);
    }

    /** A row of a context. */
    record Placed(long position, Message message) {
        private static Placed read(ResultSet row) throws SQLException {
            return new Placed(row.getLong(1), MessageSql.read(row, 1));
        }
    }

    /** The rows of a thread's context at this position and after it. */
    static List<Placed> from(Tx tx, String threadId, long position) {
        return tx.list(CONTEXT, Placed::read, threadId, position, tx.org());
    }

    /** Which state the context is in, apart from rows added at its end; null: not noted. */
    static @Nullable Long revision(Tx tx, String threadId) {
        return tx.one(REVISION, row -> row.getLong(1), threadId);
    }

    /** Notes that a message changed or goes away, for every context that holds it. */
    static void changed(Tx tx, String messageId, long revision) {
        tx.run(CHANGED, revision, messageId);
    }

    /** The last rows, in order. */
    static List<Message> tail(Tx tx, String threadId) {
        return tx.list(TAIL_ROWS, row -> MessageSql.read(row, 0), threadId, tx.org())
                .reversed();
    }

    /** The id of the approval request that the context ends with, or null. */
    static @Nullable String openRequest(Tx tx, String threadId) {
        String id = tx.one(
                LAST_ROW,
                row -> row.getString(2).equals(Role.APPROVAL.word()) && row.getString(3) != null
                        ? row.getString(1)
                        : "",
                threadId,
                tx.org());
        return id == null || id.isEmpty() ? null : id;
    }

    static void append(Tx tx, String threadId, List<String> messageIds) {
        Long last = tx.one(LAST, row -> row.getLong(1), threadId);
        insert(tx, threadId, last == null ? 0 : last + 1, messageIds);
    }

    static void replace(Tx tx, String threadId, List<String> messageIds, long revision) {
        clear(tx, threadId);
        insert(tx, threadId, 0, messageIds);
        if (!messageIds.isEmpty()) {
            changed(tx, messageIds.getFirst(), revision);
        }
    }

    /** A message at its place in a thread's context. */
    record Entry(long position, String messageId) {}

    static List<Entry> entries(Tx tx, String threadId) {
        return tx.list(ENTRIES, row -> new Entry(row.getLong(1), row.getString(2)), threadId);
    }

    /** Puts one message in the place of those from the first to the last position. */
    static void replace(Tx tx, String threadId, long first, long last, String messageId) {
        tx.sql()
                .deleteFrom(CONTEXT_ENTRY)
                .where(CONTEXT_ENTRY.THREAD_ID.eq(threadId))
                .and(CONTEXT_ENTRY.POSITION.between(first, last))
                .execute();
        tx.run(INSERT, threadId, first, messageId);
    }

    static void clear(Tx tx, String threadId) {
        tx.sql()
                .deleteFrom(CONTEXT_ENTRY)
                .where(CONTEXT_ENTRY.THREAD_ID.eq(threadId))
                .execute();
        tx.sql()
                .deleteFrom(CONTEXT_HEAD)
                .where(CONTEXT_HEAD.THREAD_ID.eq(threadId))
                .execute();
    }

    private static void insert(Tx tx, String threadId, long first, List<String> messageIds) {
        long position = first;
        for (String id : messageIds) {
            tx.run(INSERT, threadId, position++, id);
        }
    }
}
