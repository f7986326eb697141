package dev.mneme.agent;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.AGENT_GROUP;
import static dev.mneme.store.gen.Tables.BLOCK;

import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.List;

/** The queries of {@link Deployments}. */
final class DeploymentSql {
    static final String AGENT_TYPE = "agent";
    static final String BLOCK_TYPE = "block";
    static final String GROUP_TYPE = "group";

    private DeploymentSql() {}

    /** Blocks, groups and agents, in the order in which they can be deleted. */
    static List<Deployments.Entity> entities(Tx tx, String deploymentId) {
        List<Deployments.Entity> out = new ArrayList<>();
        tx.sql()
                .selectFrom(BLOCK)
                .where(BLOCK.DEPLOYMENT_ID.eq(deploymentId), tx.own(BLOCK.ORGANIZATION_ID))
                .orderBy(BLOCK.CREATED_AT, BLOCK.ID)
                .forEach(row -> out.add(new Deployments.Entity(
                        row.getId(),
                        BLOCK_TYPE,
                        row.getTemplateName() == null ? row.getLabel() : row.getTemplateName(),
                        row.getDescription(),
                        row.getEntityId(),
                        row.getProjectId())));
        tx.sql()
                .selectFrom(AGENT_GROUP)
                .where(AGENT_GROUP.DEPLOYMENT_ID.eq(deploymentId), tx.own(AGENT_GROUP.ORGANIZATION_ID))
                .orderBy(AGENT_GROUP.CREATED_AT, AGENT_GROUP.ID)
                .forEach(row -> out.add(new Deployments.Entity(
                        row.getId(), GROUP_TYPE, null, row.getDescription(), null, row.getProjectId())));
        tx.sql()
                .selectFrom(AGENT)
                .where(AGENT.DEPLOYMENT_ID.eq(deploymentId), tx.own(AGENT.ORGANIZATION_ID))
                .orderBy(AGENT.CREATED_AT, AGENT.ID)
                .forEach(row -> out.add(new Deployments.Entity(
                        row.getId(),
                        AGENT_TYPE,
                        row.getName(),
                        row.getDescription(),
                        row.getEntityId(),
                        row.getProjectId())));
        return out;
    }

    static void markGroup(Tx tx, String id, String templateId, String baseTemplateId, String deploymentId) {
        tx.sql()
                .update(AGENT_GROUP)
                .set(AGENT_GROUP.TEMPLATE_ID, templateId)
                .set(AGENT_GROUP.BASE_TEMPLATE_ID, baseTemplateId)
                .set(AGENT_GROUP.DEPLOYMENT_ID, deploymentId)
                .where(AGENT_GROUP.ID.eq(id), tx.own(AGENT_GROUP.ORGANIZATION_ID))
                .execute();
    }
}
