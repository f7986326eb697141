package dev.mneme.turn;

import static dev.mneme.store.gen.Tables.SENT_PROMPT;

import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.SentPrompt;
import org.jooq.impl.DSL;

/** Rows of what models were sent. */
final class SentPromptSql {
    private static final Prepared INSERT = Prepared.of(sql -> sql.insertInto(
                    SENT_PROMPT,
                    SENT_PROMPT.AGENT_ID,
                    SENT_PROMPT.ORGANIZATION_ID,
                    SENT_PROMPT.CREATED_AT,
                    SENT_PROMPT.STEP_ID,
                    SENT_PROMPT.REQUEST)
            .values("", "", 0L, "", new byte[0]));

    private static final SentPrompt NEWER = SENT_PROMPT.as("newer");

    /** All but the newest, by the primary key alone. */
    private static final Prepared DROP = Prepared.of(sql -> sql.deleteFrom(SENT_PROMPT)
            .where(SENT_PROMPT
                    .ORGANIZATION_ID
                    .eq("")
                    .and(SENT_PROMPT.AGENT_ID.eq(""))
                    .and(SENT_PROMPT.CREATED_AT.le(DSL.select(NEWER.CREATED_AT)
                            .from(NEWER)
                            .where(NEWER.AGENT_ID.eq(""))
                            .orderBy(NEWER.CREATED_AT.desc())
                            .limit(DSL.inline(1))
                            .offset(DSL.param("kept", 0))))));

    private SentPromptSql() {}

    /** Keeps a copy and drops the agent's oldest beyond the given number. */
    static void keep(Tx tx, String agentId, String stepId, byte[] request, long now, int kept) {
        tx.run(INSERT, agentId, tx.org(), now, stepId, request);
        tx.run(DROP, tx.org(), agentId, agentId, kept);
    }
}
