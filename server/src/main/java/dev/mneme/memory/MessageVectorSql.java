package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE_VECTOR;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;

import dev.mneme.message.Message;
import dev.mneme.store.Tx;
import java.util.List;

/** The queries of {@link MessageVectors}, on all organisations at once. */
final class MessageVectorSql {
    private MessageVectorSql() {}

    /** A message and where it stands among the changes. */
    record Waiting(Message message, long change) {}

    /** Whether any message has a vector. */
    static boolean any(Tx tx) {
        return tx.sql().fetchExists(MESSAGE_VECTOR);
    }

    /** Messages of people after a mark that have no vector of this embedder, oldest change first. */
    static List<Waiting> waiting(Tx tx, String model, long after, int limit) {
        return tx.sql()
                .selectFrom(MESSAGE)
                .where(MESSAGE.CHANGE_SEQ.gt(after))
                .and(MESSAGE.ROLE.in(RecallQuery.SEARCHED))
                .and(notExists(selectOne()
                        .from(MESSAGE_VECTOR)
                        .where(MESSAGE_VECTOR.MESSAGE_ID.eq(MESSAGE.ID))
                        .and(MESSAGE_VECTOR.MODEL.eq(model))))
                .orderBy(MESSAGE.CHANGE_SEQ)
                .limit(limit)
                .fetch(row -> new Waiting(MessageSql.message(row), row.getChangeSeq()));
    }

    static long newestChange(Tx tx) {
        Long found = tx.sql().select(max(MESSAGE.CHANGE_SEQ)).from(MESSAGE).fetchOneInto(Long.class);
        return found == null ? 0 : found;
    }

    /** Stores a vector and marks the message as changed, so that the index takes it in. A message that is gone meanwhile is left. */
    static void write(Tx tx, String messageId, String model, float[] vector, long change) {
        int rows = tx.sql()
                .update(MESSAGE)
                .set(MESSAGE.CHANGE_SEQ, change)
                .where(MESSAGE.ID.eq(messageId))
                .execute();
        if (rows > 0) {
            byte[] bytes = Vectors.bytes(vector);
            tx.sql()
                    .insertInto(
                            MESSAGE_VECTOR, MESSAGE_VECTOR.MESSAGE_ID, MESSAGE_VECTOR.MODEL, MESSAGE_VECTOR.EMBEDDING)
                    .values(messageId, model, bytes)
                    .onConflict(MESSAGE_VECTOR.MESSAGE_ID)
                    .doUpdate()
                    .set(MESSAGE_VECTOR.MODEL, model)
                    .set(MESSAGE_VECTOR.EMBEDDING, bytes)
                    .execute();
        }
    }
}
