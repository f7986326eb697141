package dev.mneme.account;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.AGENT_ARCHIVE;
import static dev.mneme.store.gen.Tables.AGENT_BLOCK;
import static dev.mneme.store.gen.Tables.AGENT_FOLDER;
import static dev.mneme.store.gen.Tables.AGENT_TOOL;
import static dev.mneme.store.gen.Tables.CONVERSATION;
import static dev.mneme.store.gen.Tables.IDENTITY_AGENT;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.PASSAGE;
import static dev.mneme.store.gen.Tables.RUN;
import static dev.mneme.store.gen.Tables.STEP;

import dev.mneme.base.IdKind;
import dev.mneme.store.Tx;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.Table;
import org.jooq.TableField;

/** What belongs to agents: asked before a key of role AGENT reaches it. */
final class AgentReachSql {
    private AgentReachSql() {}

    /** Whether the thing of that id is one of the agents or belongs to one of them; kinds that belong to no agent never do. */
    static boolean belongs(Tx tx, Set<String> agents, IdKind kind, String id) {
        return switch (kind) {
            case AGENT -> agents.contains(id);
            case BLOCK -> has(tx, AGENT_BLOCK, AGENT_BLOCK.AGENT_ID, agents, AGENT_BLOCK.BLOCK_ID.eq(id));
            case TOOL -> has(tx, AGENT_TOOL, AGENT_TOOL.AGENT_ID, agents, AGENT_TOOL.TOOL_ID.eq(id));
            case ARCHIVE -> has(tx, AGENT_ARCHIVE, AGENT_ARCHIVE.AGENT_ID, agents, AGENT_ARCHIVE.ARCHIVE_ID.eq(id));
            case SOURCE -> has(tx, AGENT_FOLDER, AGENT_FOLDER.AGENT_ID, agents, AGENT_FOLDER.FOLDER_ID.eq(id));
            case IDENTITY ->
                has(tx, IDENTITY_AGENT, IDENTITY_AGENT.AGENT_ID, agents, IDENTITY_AGENT.IDENTITY_ID.eq(id));
            case MESSAGE ->
                has(tx, MESSAGE, MESSAGE.AGENT_ID, agents, MESSAGE.ID.eq(id).and(tx.own(MESSAGE.ORGANIZATION_ID)));
            case CONVERSATION ->
                has(
                        tx,
                        CONVERSATION,
                        CONVERSATION.AGENT_ID,
                        agents,
                        CONVERSATION.ID.eq(id).and(tx.own(CONVERSATION.ORGANIZATION_ID)));
            case RUN -> has(tx, RUN, RUN.AGENT_ID, agents, RUN.ID.eq(id).and(tx.own(RUN.ORGANIZATION_ID)));
            case STEP -> has(tx, STEP, STEP.AGENT_ID, agents, STEP.ID.eq(id).and(tx.own(STEP.ORGANIZATION_ID)));
            case PASSAGE ->
                tx.sql()
                        .fetchExists(tx.sql()
                                .selectOne()
                                .from(PASSAGE)
                                .join(AGENT_ARCHIVE)
                                .on(AGENT_ARCHIVE.ARCHIVE_ID.eq(PASSAGE.ARCHIVE_ID))
                                .where(
                                        PASSAGE.ID.eq(id),
                                        tx.own(PASSAGE.ORGANIZATION_ID),
                                        AGENT_ARCHIVE.AGENT_ID.in(agents)));
            case ORG,
                    USER,
                    FILE,
                    GROUP,
                    JOB,
                    PROVIDER,
                    AGENT_ENV,
                    SANDBOX,
                    SANDBOX_ENV,
                    SCHEDULE,
                    TEMPLATE,
                    DEPLOYMENT,
                    ENVIRONMENT,
                    API_KEY,
                    MCP_SERVER -> false;
        };
    }

    /** Whether the organisation has an agent of that id. */
    static boolean known(Tx tx, String agentId) {
        return tx.sql().fetchExists(AGENT, AGENT.ID.eq(agentId).and(tx.own(AGENT.ORGANIZATION_ID)));
    }

    private static boolean has(
            Tx tx, Table<?> table, TableField<?, String> agentColumn, Set<String> agents, Condition same) {
        return tx.sql().fetchExists(table, same.and(agentColumn.in(agents)));
    }
}
