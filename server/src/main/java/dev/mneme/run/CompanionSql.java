package dev.mneme.run;

import static dev.mneme.store.gen.Tables.GROUP_TURN;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.RUN;

import dev.mneme.base.Json;
import dev.mneme.store.Tx;
import java.util.List;
import org.jooq.impl.DSL;

/** Turns that background agents have not read yet, and what their own runs gave. */
final class CompanionSql {
    private CompanionSql() {}

    static void note(Tx tx, String groupId, String runId) {
        Long last = tx.sql()
                .select(DSL.max(GROUP_TURN.POSITION))
                .from(GROUP_TURN)
                .where(GROUP_TURN.GROUP_ID.eq(groupId))
                .fetchOneInto(Long.class);
        tx.sql()
                .insertInto(GROUP_TURN, GROUP_TURN.GROUP_ID, GROUP_TURN.RUN_ID, GROUP_TURN.POSITION)
                .values(groupId, runId, last == null ? 0 : last + 1)
                .execute();
    }

    /** A turn that is not read yet, and how many messages of people and agents it has. */
    record Noted(String runId, int messages) {}

    /** The noted turns that are over, in order, ended counting as such. */
    static List<Noted> ended(Tx tx, String groupId, String ended) {
        return tx.sql()
                .select(
                        GROUP_TURN.RUN_ID,
                        DSL.field(DSL.selectCount()
                                .from(MESSAGE)
                                .where(MESSAGE.RUN_ID.eq(GROUP_TURN.RUN_ID))
                                .and(MESSAGE.ROLE.in("user", "assistant"))))
                .from(GROUP_TURN)
                .join(RUN)
                .on(RUN.ID.eq(GROUP_TURN.RUN_ID))
                .where(GROUP_TURN.GROUP_ID.eq(groupId))
                .and(RUN.STATUS.notIn(RunSql.CREATED, RunSql.RUNNING).or(RUN.ID.eq(ended)))
                .orderBy(GROUP_TURN.POSITION)
                .fetch(row -> new Noted(row.value1(), row.value2()));
    }

    /** These turns are no longer noted. */
    static void taken(Tx tx, String groupId, List<String> runIds) {
        if (!runIds.isEmpty()) {
            tx.sql()
                    .deleteFrom(GROUP_TURN)
                    .where(GROUP_TURN.GROUP_ID.eq(groupId))
                    .and(GROUP_TURN.RUN_ID.in(runIds))
                    .execute();
        }
    }

    /** Replaces the metadata of a run. */
    static void setMetadata(Tx tx, String runId, Object metadata) {
        tx.sql()
                .update(RUN)
                .set(RUN.METADATA, Json.write(metadata))
                .where(RUN.ID.eq(runId))
                .execute();
    }
}
