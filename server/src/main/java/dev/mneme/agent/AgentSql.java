package dev.mneme.agent;

import static dev.mneme.store.gen.Tables.AGENT;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.AgentRecord;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;

/** Single rows of agents. */
final class AgentSql {
    private AgentSql() {}

    static void insert(Tx tx, AgentState state) {
        AgentRecord row = record(state);
        row.setOrganizationId(tx.org());
        tx.sql().insertInto(AGENT).set(row).execute();
    }

    static void update(Tx tx, AgentState state) {
        tx.sql()
                .update(AGENT)
                .set(record(state))
                .where(AGENT.ID.eq(state.id()), tx.own(AGENT.ORGANIZATION_ID))
                .execute();
    }

    private static final Prepared FIND = Prepared.of(
            sql -> sql.select(AGENT.fields()).from(AGENT).where(AGENT.ID.eq("")).and(AGENT.ORGANIZATION_ID.eq("")));

    static @Nullable AgentState find(Tx tx, String id) {
        AgentRecord row = tx.record(FIND, AGENT, id, tx.org());
        return row == null ? null : state(row);
    }

    /** As {@link #find}, and nobody else changes the row until this transaction ends. */
    static @Nullable AgentState forChange(Tx tx, String id) {
        var query = tx.sql().selectFrom(AGENT).where(AGENT.ID.eq(id), tx.own(AGENT.ORGANIZATION_ID));
        // SQLite has one writer at a time and no words for a row lock.
        return tx.sql().dialect() == SQLDialect.SQLITE
                ? query.fetchOne(AgentSql::state)
                : query.forUpdate().fetchOne(AgentSql::state);
    }

    static int delete(Tx tx, String id) {
        return tx.sql()
                .deleteFrom(AGENT)
                .where(AGENT.ID.eq(id), tx.own(AGENT.ORGANIZATION_ID))
                .execute();
    }

    /** Notes a change of what hangs on the agent. */
    static void touch(Tx tx, String id, long now, @Nullable String userId) {
        tx.sql()
                .update(AGENT)
                .set(AGENT.UPDATED_AT, now)
                .set(AGENT.LAST_UPDATED_BY_ID, userId)
                .where(AGENT.ID.eq(id), tx.own(AGENT.ORGANIZATION_ID))
                .execute();
    }

    static void setRules(Tx tx, String id, JsonNode rules, long now, @Nullable String userId) {
        tx.sql()
                .update(AGENT)
                .set(AGENT.TOOL_RULES, Json.write(rules))
                .set(AGENT.UPDATED_AT, now)
                .set(AGENT.LAST_UPDATED_BY_ID, userId)
                .where(AGENT.ID.eq(id), tx.own(AGENT.ORGANIZATION_ID))
                .execute();
    }

    private static AgentRecord record(AgentState state) {
        AgentRecord row = new AgentRecord();
        row.setId(state.id());
        row.setOrganizationId(state.organizationId());
        row.setName(clean(state.name()));
        row.setAgentType(state.agentType());
        row.setSystem(clean(state.system()));
        row.setDescription(state.description() == null ? null : clean(state.description()));
        row.setMetadata(text(state.metadata()));
        row.setLlmConfig(Json.write(state.llmConfig()));
        row.setEmbeddingConfig(state.embeddingConfig() == null ? null : Json.write(state.embeddingConfig()));
        row.setCompactionSettings(text(state.compactionSettings()));
        row.setResponseFormat(text(state.responseFormat()));
        row.setToolRules(Json.write(state.toolRules()));
        row.setTimezone(state.timezone());
        row.setMessageBufferAutoclear(state.messageBufferAutoclear());
        row.setEnableSleeptime(state.enableSleeptime());
        row.setMaxFilesOpen(state.maxFilesOpen());
        row.setPerFileViewWindowCharLimit(state.perFileViewWindowCharLimit());
        row.setHidden(state.hidden());
        row.setProjectId(state.projectId());
        row.setTemplateId(state.templateId());
        row.setBaseTemplateId(state.baseTemplateId());
        row.setDeploymentId(state.deploymentId());
        row.setEntityId(state.entityId());
        row.setLastRunCompletion(state.lastRunCompletion());
        row.setLastRunDurationMs(state.lastRunDurationMs());
        row.setLastStopReason(state.lastStopReason());
        row.setCreatedAt(state.createdAt());
        row.setUpdatedAt(state.updatedAt());
        row.setCreatedById(state.createdById());
        row.setLastUpdatedById(state.lastUpdatedById());
        return row;
    }

    static AgentState state(AgentRecord row) {
        return new AgentState(
                row.getId(),
                row.getOrganizationId(),
                row.getName(),
                row.getAgentType(),
                row.getSystem(),
                row.getDescription(),
                json(row.getMetadata()),
                Json.read(row.getLlmConfig(), LlmConfig.class),
                row.getEmbeddingConfig() == null ? null : Json.read(row.getEmbeddingConfig(), EmbeddingConfig.class),
                json(row.getCompactionSettings()),
                json(row.getResponseFormat()),
                Json.read(row.getToolRules(), JsonNode.class),
                row.getTimezone(),
                row.getMessageBufferAutoclear(),
                row.getEnableSleeptime(),
                row.getMaxFilesOpen(),
                row.getPerFileViewWindowCharLimit(),
                row.getHidden(),
                row.getProjectId(),
                row.getTemplateId(),
                row.getBaseTemplateId(),
                row.getDeploymentId(),
                row.getEntityId(),
                row.getLastRunCompletion(),
                row.getLastRunDurationMs(),
                row.getLastStopReason(),
                row.getCreatedAt(),
                row.getUpdatedAt(),
                row.getCreatedById(),
                row.getLastUpdatedById());
    }

    /** Text without NUL, which PostgreSQL cannot store and nobody means. */
    static String clean(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace("\0", "");
    }

    private static @Nullable String text(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : Json.write(node);
    }

    private static @Nullable JsonNode json(@Nullable String text) {
        return text == null ? null : Json.read(text, JsonNode.class);
    }
}
