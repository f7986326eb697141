package dev.mneme.agent;

import dev.mneme.memory.Block;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.NewBlock;
import dev.mneme.store.Db;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Agents, blocks and groups that belong together by a deployment (openapi.json, internal templates). Thread-safe. */
public final class Deployments {
    private final Db db;
    private final Agents agents;
    private final Blocks blocks;
    private final Groups groups;

    public Deployments(Db db, Agents agents, Blocks blocks, Groups groups) {
        this.db = db;
        this.agents = agents;
        this.blocks = blocks;
        this.groups = groups;
    }

    /** Something of a deployment. type: agent, block or group. */
    public record Entity(
            String id,
            String type,
            @Nullable String name,
            @Nullable String description,
            @Nullable String entityId,
            @Nullable String projectId) {}

    /** What belongs to a deployment; a deployment that nobody used is empty. */
    public List<Entity> entities(String org, String deploymentId) {
        return db.of(org).read(tx -> DeploymentSql.entities(tx, deploymentId));
    }

    /** Makes several blocks, all or none. */
    public List<Block> createBlocks(String org, @Nullable String userId, List<NewBlock> wanted) {
        return db.of(org)
                .write(tx -> wanted.stream()
                        .map(block -> blocks.create(tx, userId, block))
                        .toList());
    }

    /** Makes a group of a deployment. */
    public GroupState createGroup(
            String org,
            @Nullable String userId,
            NewGroup wanted,
            String templateId,
            String baseTemplateId,
            String deploymentId) {
        GroupState made = groups.create(org, userId, wanted);
        db.of(org).write(tx -> {
            DeploymentSql.markGroup(tx, made.id(), templateId, baseTemplateId, deploymentId);
            return true;
        });
        return groups.get(org, made.id());
    }

    /** Deletes everything of a deployment: blocks, then groups, then agents; answers what it was. */
    public List<Entity> delete(String org, String deploymentId) {
        List<Entity> found = entities(org, deploymentId);
        for (Entity entity : found) {
            switch (entity.type()) {
                case DeploymentSql.BLOCK_TYPE -> blocks.delete(org, entity.id());
                case DeploymentSql.GROUP_TYPE -> groups.delete(org, entity.id());
                default -> agents.delete(org, entity.id());
            }
        }
        return found;
    }
}
