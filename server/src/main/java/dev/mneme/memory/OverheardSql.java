package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.AGENT_GROUP;
import static dev.mneme.store.gen.Tables.GROUP_MEMBER;

import dev.mneme.store.Tx;
import org.jspecify.annotations.Nullable;

/** The query of {@link Overheard}. */
final class OverheardSql {
    private OverheardSql() {}

    /** The agent that speaks and whose memory this one keeps; null: it is nobody's companion. */
    static @Nullable String speaker(Tx tx, String companionId) {
        return tx.sql()
                .select(AGENT_GROUP.MANAGER_AGENT_ID)
                .from(AGENT_GROUP)
                .join(GROUP_MEMBER)
                .on(GROUP_MEMBER.GROUP_ID.eq(AGENT_GROUP.ID))
                .where(GROUP_MEMBER.AGENT_ID.eq(companionId))
                .and(tx.own(AGENT_GROUP.ORGANIZATION_ID))
                .and(AGENT_GROUP.MANAGER_TYPE.eq("voice_sleeptime"))
                .and(AGENT_GROUP.MANAGER_AGENT_ID.isNotNull())
                .orderBy(AGENT_GROUP.IS_AUTOMATIC.desc(), AGENT_GROUP.CREATED_AT)
                .limit(1)
                .fetchOne(AGENT_GROUP.MANAGER_AGENT_ID);
    }
}
