package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.AGENT_BLOCK;
import static dev.mneme.store.gen.Tables.BLOCK;
import static dev.mneme.store.gen.Tables.BLOCK_TAG;
import static dev.mneme.store.gen.Tables.IDENTITY;
import static dev.mneme.store.gen.Tables.IDENTITY_BLOCK;
import static org.jooq.impl.DSL.countDistinct;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectCount;
import static org.jooq.impl.DSL.val;

import dev.mneme.base.Json;
import dev.mneme.store.Keyset;
import dev.mneme.store.Prepared;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.BlockRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;

/** The queries of {@link Blocks}. */
final class BlockSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(BLOCK, BLOCK.CREATED_AT, BLOCK.ID, BLOCK.ORGANIZATION_ID);
    private static final Keyset.Columns AGENTS =
            new Keyset.Columns(AGENT, AGENT.CREATED_AT, AGENT.ID, AGENT.ORGANIZATION_ID);

    private BlockSql() {}

    static void insert(Tx tx, Block block) {
        BlockRecord row = tx.sql().newRecord(BLOCK);
        row.setId(block.id());
        row.setOrganizationId(tx.org());
        row.setCreatedAt(block.createdAt());
        row.setCreatedById(block.createdById());
        fill(row, block);
        row.insert();
        writeTags(tx, block);
    }

    static void update(Tx tx, Block block, boolean tagsToo) {
        BlockRecord row = tx.sql().newRecord(BLOCK);
        fill(row, block);
        tx.sql()
                .update(BLOCK)
                .set(row)
                .where(BLOCK.ID.eq(block.id()))
                .and(tx.own(BLOCK.ORGANIZATION_ID))
                .execute();
        if (tagsToo) {
            tx.sql()
                    .deleteFrom(BLOCK_TAG)
                    .where(BLOCK_TAG.BLOCK_ID.eq(block.id()))
                    .execute();
            writeTags(tx, block);
        }
    }

    private static void fill(BlockRecord row, Block block) {
        row.setLabel(block.label());
        row.setValue(block.value());
        row.setCharLimit(block.limit());
        row.setDescription(block.description());
        row.setReadOnly(block.readOnly());
        row.setIsTemplate(block.isTemplate());
        row.setTemplateName(block.templateName());
        row.setMetadata(Json.write(block.metadata()));
        row.setHidden(block.hidden());
        row.setPreserveOnMigration(block.preserveOnMigration());
        row.setProjectId(block.projectId());
        row.setTemplateId(block.templateId());
        row.setBaseTemplateId(block.baseTemplateId());
        row.setDeploymentId(block.deploymentId());
        row.setEntityId(block.entityId());
        row.setVersion(block.version());
        row.setUpdatedAt(block.updatedAt());
        row.setLastUpdatedById(block.lastUpdatedById());
    }

    private static void writeTags(Tx tx, Block block) {
        for (String tag : block.tags()) {
            tx.sql()
                    .insertInto(BLOCK_TAG, BLOCK_TAG.BLOCK_ID, BLOCK_TAG.TAG)
                    .values(block.id(), tag)
                    .execute();
        }
    }

    /** A block for a change: on PostgreSQL its row stays locked until the commit, so that no edit is lost. */
    static @Nullable Block forChange(Tx tx, String id) {
        var query = tx.sql().selectFrom(BLOCK).where(BLOCK.ID.eq(id)).and(tx.own(BLOCK.ORGANIZATION_ID));
        // SQLite has one writer at a time and no words for a row lock.
        BlockRecord row = tx.sql().dialect() == SQLDialect.SQLITE
                ? query.fetchOne()
                : query.forUpdate().fetchOne();
        return row == null ? null : blocks(tx, List.of(row)).getFirst();
    }

    static @Nullable Block find(Tx tx, String id) {
        BlockRecord row = tx.sql()
                .selectFrom(BLOCK)
                .where(BLOCK.ID.eq(id))
                .and(tx.own(BLOCK.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : blocks(tx, List.of(row)).getFirst();
    }

    private static final Prepared OF_AGENT = Prepared.of(sql -> sql.select(BLOCK.fields())
            .from(BLOCK)
            .join(AGENT_BLOCK)
            .on(AGENT_BLOCK.BLOCK_ID.eq(BLOCK.ID))
            .where(AGENT_BLOCK.AGENT_ID.eq(""))
            .and(BLOCK.ORGANIZATION_ID.eq(""))
            .orderBy(AGENT_BLOCK.POSITION, BLOCK.ID));

    private static final Prepared TAGS_OF_AGENT = Prepared.of(sql -> sql.select(BLOCK_TAG.BLOCK_ID, BLOCK_TAG.TAG)
            .from(BLOCK_TAG)
            .join(AGENT_BLOCK)
            .on(AGENT_BLOCK.BLOCK_ID.eq(BLOCK_TAG.BLOCK_ID))
            .where(AGENT_BLOCK.AGENT_ID.eq(""))
            .orderBy(BLOCK_TAG.TAG));

    static List<Block> ofAgent(Tx tx, String agentId) {
        Map<String, List<String>> tags = new HashMap<>();
        tx.list(TAGS_OF_AGENT, row -> Map.entry(row.getString(1), row.getString(2)), agentId)
                .forEach(tag -> tags.computeIfAbsent(tag.getKey(), key -> new ArrayList<>())
                        .add(tag.getValue()));
        return tx.records(OF_AGENT, BLOCK, agentId, tx.org()).stream()
                .map(row -> block(row, tags.getOrDefault(row.getId(), List.of())))
                .toList();
    }

    static Map<String, List<Block>> ofAgents(Tx tx, Collection<String> agentIds) {
        Map<String, List<String>> idsOf = new HashMap<>();
        tx.sql()
                .select(AGENT_BLOCK.AGENT_ID, AGENT_BLOCK.BLOCK_ID)
                .from(AGENT_BLOCK)
                .where(AGENT_BLOCK.AGENT_ID.in(agentIds))
                .orderBy(AGENT_BLOCK.POSITION, AGENT_BLOCK.BLOCK_ID)
                .forEach(link -> idsOf.computeIfAbsent(link.value1(), key -> new ArrayList<>())
                        .add(link.value2()));
        Map<String, Block> byId = new HashMap<>();
        TreeSet<String> ids = new TreeSet<>();
        idsOf.values().forEach(ids::addAll);
        for (Block block : blocks(
                tx,
                tx.sql()
                        .selectFrom(BLOCK)
                        .where(BLOCK.ID.in(ids))
                        .and(tx.own(BLOCK.ORGANIZATION_ID))
                        .fetch())) {
            byId.put(block.id(), block);
        }
        Map<String, List<Block>> result = new HashMap<>();
        idsOf.forEach((agent, wanted) -> {
            List<Block> found = new ArrayList<>();
            for (String id : wanted) {
                Block block = byId.get(id);
                if (block != null) {
                    found.add(block);
                }
            }
            result.put(agent, found);
        });
        return result;
    }

    static List<Block> list(Tx tx, BlockFilter filter, Page page) {
        return blocks(
                tx,
                Keyset.of(tx, ORDER, page.after(), page.before(), page.ascending())
                        .page(tx.sql().selectFrom(BLOCK).where(where(tx, filter)), page.rows()));
    }

    static int count(Tx tx, BlockFilter filter) {
        return tx.sql().fetchCount(BLOCK, where(tx, filter));
    }

    private static Condition where(Tx tx, BlockFilter filter) {
        Condition all = tx.own(BLOCK.ORGANIZATION_ID);
        if (filter.label() != null) {
            all = all.and(BLOCK.LABEL.eq(filter.label()));
        }
        if (filter.templates() != null) {
            all = all.and(BLOCK.IS_TEMPLATE.eq(filter.templates()));
        }
        if (filter.templateName() != null) {
            all = all.and(BLOCK.TEMPLATE_NAME.eq(filter.templateName()));
        }
        if (filter.projectId() != null) {
            all = all.and(BLOCK.PROJECT_ID.eq(filter.projectId()));
        }
        if (!filter.showHidden()) {
            all = all.and(BLOCK.HIDDEN.isNull().or(BLOCK.HIDDEN.eq(false)));
        }
        return all.and(Texts.contains(BLOCK.LABEL, filter.labelSearch()))
                .and(Texts.contains(BLOCK.DESCRIPTION, filter.descriptionSearch()))
                .and(Texts.contains(BLOCK.VALUE, filter.valueSearch()))
                .and(tagged(filter))
                .and(connected(filter))
                .and(owned(tx, filter));
    }

    private static Condition tagged(BlockFilter filter) {
        if (filter.tags().isEmpty()) {
            return noCondition();
        }
        var wanted = new TreeSet<>(filter.tags());
        var matching = select(BLOCK_TAG.BLOCK_ID).from(BLOCK_TAG).where(BLOCK_TAG.TAG.in(wanted));
        return filter.allTags()
                ? BLOCK.ID.in(matching.groupBy(BLOCK_TAG.BLOCK_ID)
                        .having(countDistinct(BLOCK_TAG.TAG).eq(wanted.size())))
                : BLOCK.ID.in(matching);
    }

    private static Condition owned(Tx tx, BlockFilter filter) {
        Condition all = noCondition();
        if (filter.identityId() != null) {
            all = all.and(BLOCK.ID.in(select(IDENTITY_BLOCK.BLOCK_ID)
                    .from(IDENTITY_BLOCK)
                    .where(IDENTITY_BLOCK.IDENTITY_ID.eq(filter.identityId()))));
        }
        if (!filter.identifierKeys().isEmpty()) {
            all = all.and(BLOCK.ID.in(select(IDENTITY_BLOCK.BLOCK_ID)
                    .from(IDENTITY_BLOCK)
                    .join(IDENTITY)
                    .on(IDENTITY.ID.eq(IDENTITY_BLOCK.IDENTITY_ID))
                    .where(IDENTITY.IDENTIFIER_KEY.in(filter.identifierKeys()), tx.own(IDENTITY.ORGANIZATION_ID))));
        }
        return all;
    }

    private static Condition connected(BlockFilter filter) {
        Field<Integer> agents = selectCount()
                .from(AGENT_BLOCK)
                .where(AGENT_BLOCK.BLOCK_ID.eq(BLOCK.ID))
                .asField();
        Condition all = noCondition();
        if (filter.agentsGreater() != null) {
            all = all.and(agents.gt(val(filter.agentsGreater())));
        }
        if (filter.agentsLess() != null) {
            all = all.and(agents.lt(val(filter.agentsLess())));
        }
        if (!filter.agentsEqual().isEmpty()) {
            all = all.and(agents.in(filter.agentsEqual()));
        }
        return all;
    }

    static int delete(Tx tx, String id) {
        return tx.sql()
                .deleteFrom(BLOCK)
                .where(BLOCK.ID.eq(id))
                .and(tx.own(BLOCK.ORGANIZATION_ID))
                .execute();
    }

    /** The block that an agent holds under a label. */
    static @Nullable String attached(Tx tx, String agentId, String label) {
        return tx.sql()
                .select(AGENT_BLOCK.BLOCK_ID)
                .from(AGENT_BLOCK)
                .where(AGENT_BLOCK.AGENT_ID.eq(agentId))
                .and(AGENT_BLOCK.LABEL.eq(label))
                .fetchOneInto(String.class);
    }

    static void attach(Tx tx, String agentId, Block block) {
        Long last = tx.sql()
                .select(max(AGENT_BLOCK.POSITION))
                .from(AGENT_BLOCK)
                .where(AGENT_BLOCK.AGENT_ID.eq(agentId))
                .fetchOneInto(Long.class);
        tx.sql()
                .insertInto(
                        AGENT_BLOCK,
                        AGENT_BLOCK.AGENT_ID,
                        AGENT_BLOCK.BLOCK_ID,
                        AGENT_BLOCK.LABEL,
                        AGENT_BLOCK.POSITION)
                .values(agentId, block.id(), block.label(), last == null ? 0 : last + 1)
                .execute();
    }

    static int detach(Tx tx, String agentId, String blockId) {
        return tx.sql()
                .deleteFrom(AGENT_BLOCK)
                .where(AGENT_BLOCK.AGENT_ID.eq(agentId))
                .and(AGENT_BLOCK.BLOCK_ID.eq(blockId))
                .execute();
    }

    /** An agent that holds this block and another one under the label; null: none, so the block may take it. */
    static @Nullable String rival(Tx tx, String blockId, String label) {
        var other = AGENT_BLOCK.as("other");
        return tx.sql()
                .select(AGENT_BLOCK.AGENT_ID)
                .from(AGENT_BLOCK)
                .join(other)
                .on(other.AGENT_ID.eq(AGENT_BLOCK.AGENT_ID))
                .where(AGENT_BLOCK.BLOCK_ID.eq(blockId))
                .and(other.LABEL.eq(label))
                .and(other.BLOCK_ID.ne(blockId))
                .limit(1)
                .fetchOneInto(String.class);
    }

    static void relabel(Tx tx, String blockId, String label) {
        tx.sql()
                .update(AGENT_BLOCK)
                .set(AGENT_BLOCK.LABEL, label)
                .where(AGENT_BLOCK.BLOCK_ID.eq(blockId))
                .execute();
    }

    static List<String> agentsOf(Tx tx, String blockId, Page page) {
        return Keyset.of(tx, AGENTS, page.after(), page.before(), page.ascending())
                .page(
                        tx.sql()
                                .select(AGENT.ID, AGENT.CREATED_AT)
                                .from(AGENT)
                                .join(AGENT_BLOCK)
                                .on(AGENT_BLOCK.AGENT_ID.eq(AGENT.ID))
                                .where(AGENT_BLOCK.BLOCK_ID.eq(blockId))
                                .and(tx.own(AGENT.ORGANIZATION_ID)),
                        page.rows())
                .stream()
                .map(row -> row.get(AGENT.ID))
                .toList();
    }

    private static List<Block> blocks(Tx tx, List<BlockRecord> rows) {
        Map<String, List<String>> tags = new HashMap<>();
        if (!rows.isEmpty()) {
            tx.sql()
                    .select(BLOCK_TAG.BLOCK_ID, BLOCK_TAG.TAG)
                    .from(BLOCK_TAG)
                    .where(BLOCK_TAG.BLOCK_ID.in(
                            rows.stream().map(BlockRecord::getId).toList()))
                    .orderBy(BLOCK_TAG.TAG)
                    .forEach(tag -> tags.computeIfAbsent(tag.value1(), key -> new ArrayList<>())
                            .add(tag.value2()));
        }
        List<Block> blocks = new ArrayList<>(rows.size());
        for (BlockRecord row : rows) {
            blocks.add(block(row, tags.getOrDefault(row.getId(), List.of())));
        }
        return blocks;
    }

    private static Block block(BlockRecord row, List<String> tags) {
        return new Block(
                row.getId(),
                row.getLabel(),
                row.getValue(),
                row.getCharLimit(),
                row.getDescription(),
                row.getReadOnly(),
                row.getIsTemplate(),
                row.getTemplateName(),
                Json.read(row.getMetadata(), com.fasterxml.jackson.databind.JsonNode.class),
                tags,
                row.getHidden(),
                row.getPreserveOnMigration(),
                row.getProjectId(),
                row.getTemplateId(),
                row.getBaseTemplateId(),
                row.getDeploymentId(),
                row.getEntityId(),
                row.getVersion(),
                row.getCreatedAt(),
                row.getUpdatedAt(),
                row.getCreatedById(),
                row.getLastUpdatedById());
    }
}
