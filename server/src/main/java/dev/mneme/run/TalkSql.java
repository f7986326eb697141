package dev.mneme.run;

import static dev.mneme.store.gen.Tables.GROUP_TALK;

import dev.mneme.base.Json;
import dev.mneme.store.Tx;
import java.util.List;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** The queries of {@link GroupTalk}. */
final class TalkSql {
    private TalkSql() {}

    /** A talk that is not over. id: names its turns. */
    record Open(String id, GroupTalk.Opening opening, Cast cast) {}

    /** Notes that a talk begins; false while the group has one. */
    static boolean insert(Tx tx, Open talk, String owner, long until, long now) {
        return tx.sql()
                        .insertInto(
                                GROUP_TALK,
                                GROUP_TALK.GROUP_ID,
                                GROUP_TALK.ORGANIZATION_ID,
                                GROUP_TALK.TALK_ID,
                                GROUP_TALK.OPENING,
                                GROUP_TALK.SPEAKERS,
                                GROUP_TALK.OWNER,
                                GROUP_TALK.UNTIL,
                                GROUP_TALK.CREATED_AT)
                        .values(
                                talk.cast().groupId(),
                                tx.org(),
                                talk.id(),
                                Json.write(talk.opening()),
                                Json.write(talk.cast()),
                                owner,
                                until,
                                now)
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    /** A talk is over. */
    static void delete(Tx tx, String id) {
        tx.sql().deleteFrom(GROUP_TALK).where(GROUP_TALK.TALK_ID.eq(id)).execute();
    }

    private static Condition free(String owner, boolean alone, long now) {
        return alone ? DSL.trueCondition() : GROUP_TALK.OWNER.eq(owner).or(GROUP_TALK.UNTIL.lt(now));
    }

    /** Talks that this server leads, or may take over: those of a server without a sign of life, or (alone) of any other. */
    static List<Open> leaderless(Tx tx, String owner, boolean alone, long now) {
        return tx.sql()
                .select(GROUP_TALK.TALK_ID, GROUP_TALK.OPENING, GROUP_TALK.SPEAKERS)
                .from(GROUP_TALK)
                .where(free(owner, alone, now))
                .orderBy(GROUP_TALK.CREATED_AT)
                .fetch(row -> new Open(
                        row.value1(),
                        Json.read(row.value2(), GroupTalk.Opening.class),
                        Json.read(row.value3(), Cast.class)));
    }

    /** Takes a talk over; false when another server was faster. */
    static boolean take(Tx tx, String id, String owner, long until, boolean alone, long now) {
        return tx.sql()
                        .update(GROUP_TALK)
                        .set(GROUP_TALK.OWNER, owner)
                        .set(GROUP_TALK.UNTIL, until)
                        .where(GROUP_TALK.TALK_ID.eq(id))
                        .and(free(owner, alone, now))
                        .execute()
                == 1;
    }

    /** A sign of life for all talks of a server. */
    static void renew(Tx tx, String owner, long until) {
        tx.sql()
                .update(GROUP_TALK)
                .set(GROUP_TALK.UNTIL, until)
                .where(GROUP_TALK.OWNER.eq(owner))
                .execute();
    }
}
