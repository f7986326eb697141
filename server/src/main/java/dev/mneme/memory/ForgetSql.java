package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE_COUNT;
import static dev.mneme.store.gen.Tables.TOMBSTONE;

import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import java.util.List;
import java.util.function.LongSupplier;

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
}
