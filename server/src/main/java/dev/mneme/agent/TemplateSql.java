package dev.mneme.agent;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.TEMPLATE;
import static dev.mneme.store.gen.Tables.TEMPLATE_AGENT;
import static dev.mneme.store.gen.Tables.TEMPLATE_VERSION;
import static org.jooq.impl.DSL.noCondition;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.TemplateRecord;
import dev.mneme.store.gen.tables.records.TemplateVersionRecord;
import java.util.List;
import java.util.Objects;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/** The queries of {@link Templates}. */
final class TemplateSql {
    private TemplateSql() {}

    static void insert(Tx tx, Template made, @Nullable String userId) {
        TemplateRecord row = new TemplateRecord();
        row.setId(made.id());
        row.setOrganizationId(tx.org());
        row.setProjectId(made.projectId());
        row.setName(made.name());
        row.setDescription(made.description());
        row.setCurrent(text(made.current()));
        row.setLatest(made.latest());
        row.setCreatedAt(made.createdAt());
        row.setUpdatedAt(made.updatedAt());
        row.setCreatedById(userId);
        tx.sql().insertInto(TEMPLATE).set(row).execute();
    }

    private static String text(JsonNode json) {
        return Texts.clean(Json.write(json));
    }

    static void insertVersion(Tx tx, String templateId, Template.Version version) {
        TemplateVersionRecord row = new TemplateVersionRecord();
        row.setTemplateId(templateId);
        row.setVersion(version.version());
        row.setId(version.id());
        row.setMessage(Texts.cleanOrNull(version.message()));
        row.setFile(text(version.file()));
        row.setCreatedAt(version.createdAt());
        tx.sql().insertInto(TEMPLATE_VERSION).set(row).execute();
    }

    static @Nullable Template find(Tx tx, String projectId, String name) {
        TemplateRecord row = tx.sql()
                .selectFrom(TEMPLATE)
                .where(TEMPLATE.PROJECT_ID.eq(projectId), TEMPLATE.NAME.eq(name), tx.own(TEMPLATE.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : template(row);
    }

    static List<Template> list(
            Tx tx, @Nullable String projectId, @Nullable String name, @Nullable String search, int offset, int limit) {
        Condition where = tx.own(TEMPLATE.ORGANIZATION_ID)
                .and(projectId == null ? noCondition() : TEMPLATE.PROJECT_ID.eq(projectId))
                .and(name == null ? noCondition() : TEMPLATE.NAME.eq(name))
                .and(Texts.contains(TEMPLATE.NAME, search));
        return tx.sql()
                .selectFrom(TEMPLATE)
                .where(where)
                .orderBy(TEMPLATE.UPDATED_AT.desc(), TEMPLATE.ID)
                .limit(limit)
                .offset(offset)
                .fetch(TemplateSql::template);
    }

    static Template.@Nullable Version version(Tx tx, String templateId, int version) {
        TemplateVersionRecord row = tx.sql()
                .selectFrom(TEMPLATE_VERSION)
                .where(TEMPLATE_VERSION.TEMPLATE_ID.eq(templateId), TEMPLATE_VERSION.VERSION.eq(version))
                .fetchOne();
        return row == null ? null : version(row);
    }

    static List<Template.Version> versions(Tx tx, String templateId) {
        return tx.sql()
                .selectFrom(TEMPLATE_VERSION)
                .where(TEMPLATE_VERSION.TEMPLATE_ID.eq(templateId))
                .orderBy(TEMPLATE_VERSION.VERSION.desc())
                .fetch(TemplateSql::version);
    }

    static void update(Tx tx, String id, String name, @Nullable String description, JsonNode current, long now) {
        tx.sql()
                .update(TEMPLATE)
                .set(TEMPLATE.NAME, name)
                .set(TEMPLATE.DESCRIPTION, Texts.cleanOrNull(description))
                .set(TEMPLATE.CURRENT, text(current))
                .set(TEMPLATE.UPDATED_AT, now)
                .where(TEMPLATE.ID.eq(id), tx.own(TEMPLATE.ORGANIZATION_ID))
                .execute();
    }

    static void setLatest(Tx tx, String id, int latest, long now) {
        tx.sql()
                .update(TEMPLATE)
                .set(TEMPLATE.LATEST, latest)
                .set(TEMPLATE.UPDATED_AT, now)
                .where(TEMPLATE.ID.eq(id), tx.own(TEMPLATE.ORGANIZATION_ID))
                .execute();
    }

    static void delete(Tx tx, String id) {
        tx.sql()
                .deleteFrom(TEMPLATE)
                .where(TEMPLATE.ID.eq(id), tx.own(TEMPLATE.ORGANIZATION_ID))
                .execute();
    }

    static void insertAgent(
            Tx tx, String agentId, String templateId, int version, String deploymentId, JsonNode variables) {
        tx.sql()
                .insertInto(
                        TEMPLATE_AGENT,
                        TEMPLATE_AGENT.AGENT_ID,
                        TEMPLATE_AGENT.TEMPLATE_ID,
                        TEMPLATE_AGENT.VERSION,
                        TEMPLATE_AGENT.DEPLOYMENT_ID,
                        TEMPLATE_AGENT.VARIABLES)
                .values(agentId, templateId, version, deploymentId, text(variables))
                .execute();
    }

    static void moved(Tx tx, String agentId, int version, JsonNode variables) {
        tx.sql()
                .update(TEMPLATE_AGENT)
                .set(TEMPLATE_AGENT.VERSION, version)
                .set(TEMPLATE_AGENT.VARIABLES, text(variables))
                .where(TEMPLATE_AGENT.AGENT_ID.eq(agentId))
                .execute();
    }

    /** An agent that was made from a template. entityId: which of the file it is. */
    record Made(String agentId, @Nullable String entityId, JsonNode variables) {}

    static List<Made> agentsOf(Tx tx, String templateId, @Nullable String deploymentId) {
        return tx.sql()
                .select(TEMPLATE_AGENT.AGENT_ID, AGENT.ENTITY_ID, TEMPLATE_AGENT.VARIABLES)
                .from(TEMPLATE_AGENT)
                .join(AGENT)
                .on(AGENT.ID.eq(TEMPLATE_AGENT.AGENT_ID))
                .where(TEMPLATE_AGENT.TEMPLATE_ID.eq(templateId), tx.own(AGENT.ORGANIZATION_ID))
                .and(deploymentId == null ? noCondition() : TEMPLATE_AGENT.DEPLOYMENT_ID.eq(deploymentId))
                .orderBy(AGENT.CREATED_AT, AGENT.ID)
                .fetch(row -> new Made(row.value1(), row.value2(), Json.read(row.value3(), JsonNode.class)));
    }

    static @Nullable JsonNode variables(Tx tx, String agentId) {
        String found = tx.sql()
                .select(TEMPLATE_AGENT.VARIABLES)
                .from(TEMPLATE_AGENT)
                .where(TEMPLATE_AGENT.AGENT_ID.eq(agentId))
                .fetchOne(TEMPLATE_AGENT.VARIABLES);
        return found == null ? null : Json.read(found, JsonNode.class);
    }

    private static Template template(TemplateRecord row) {
        return new Template(
                row.getId(),
                row.getProjectId(),
                row.getName(),
                row.getDescription(),
                Json.read(row.getCurrent(), JsonNode.class),
                Objects.requireNonNull(row.getLatest()),
                row.getCreatedAt(),
                row.getUpdatedAt());
    }

    private static Template.Version version(TemplateVersionRecord row) {
        return new Template.Version(
                row.getId(),
                Objects.requireNonNull(row.getVersion()),
                row.getMessage(),
                Json.read(row.getFile(), JsonNode.class),
                row.getCreatedAt());
    }
}
