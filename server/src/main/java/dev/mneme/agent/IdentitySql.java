package dev.mneme.agent;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.BLOCK;
import static dev.mneme.store.gen.Tables.IDENTITY;
import static dev.mneme.store.gen.Tables.IDENTITY_AGENT;
import static dev.mneme.store.gen.Tables.IDENTITY_BLOCK;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.memory.Page;
import dev.mneme.store.Keyset;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.IdentityRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jooq.Condition;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/** Rows of identities and of what belongs to them. */
final class IdentitySql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(IDENTITY, IDENTITY.CREATED_AT, IDENTITY.ID, IDENTITY.ORGANIZATION_ID);
    private static final Keyset.Columns AGENTS =
            new Keyset.Columns(AGENT, AGENT.CREATED_AT, AGENT.ID, AGENT.ORGANIZATION_ID);
    private static final Keyset.Columns BLOCKS =
            new Keyset.Columns(BLOCK, BLOCK.CREATED_AT, BLOCK.ID, BLOCK.ORGANIZATION_ID);

    private IdentitySql() {}

    static void insert(Tx tx, Identity identity, @Nullable String userId) {
        IdentityRecord row = record(identity);
        row.setCreatedAt(identity.createdAt());
        row.setUpdatedAt(identity.createdAt());
        row.setCreatedById(userId);
        row.setLastUpdatedById(userId);
        tx.sql().insertInto(IDENTITY).set(row).execute();
    }

    static void update(Tx tx, Identity identity, long now, @Nullable String userId) {
        IdentityRecord row = record(identity);
        row.setUpdatedAt(now);
        row.setLastUpdatedById(userId);
        tx.sql()
                .update(IDENTITY)
                .set(row)
                .where(IDENTITY.ID.eq(identity.id()), tx.own(IDENTITY.ORGANIZATION_ID))
                .execute();
    }

    private static IdentityRecord record(Identity identity) {
        IdentityRecord row = new IdentityRecord();
        row.setId(identity.id());
        row.setOrganizationId(identity.organizationId());
        row.setIdentifierKey(identity.identifierKey());
        row.setName(identity.name());
        row.setIdentityType(identity.identityType());
        row.setProjectId(stored(identity.projectId()));
        row.setProperties(AgentSql.clean(Json.write(identity.properties())));
        return row;
    }

    private static String stored(@Nullable String projectId) {
        return Objects.requireNonNullElse(projectId, "");
    }

    static @Nullable Identity find(Tx tx, String id) {
        IdentityRecord row = tx.sql()
                .selectFrom(IDENTITY)
                .where(IDENTITY.ID.eq(id), tx.own(IDENTITY.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : identity(row);
    }

    static @Nullable Identity byKey(Tx tx, String key, @Nullable String projectId) {
        IdentityRecord row = tx.sql()
                .selectFrom(IDENTITY)
                .where(IDENTITY.IDENTIFIER_KEY.eq(key), IDENTITY.PROJECT_ID.eq(stored(projectId)))
                .and(tx.own(IDENTITY.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : identity(row);
    }

    static List<Identity> list(Tx tx, Identity.Filter filter) {
        Condition where = tx.own(IDENTITY.ORGANIZATION_ID)
                .and(Texts.contains(IDENTITY.NAME, filter.name()))
                .and(equal(IDENTITY.PROJECT_ID, filter.projectId()))
                .and(equal(IDENTITY.IDENTIFIER_KEY, filter.identifierKey()))
                .and(equal(IDENTITY.IDENTITY_TYPE, filter.identityType()));
        return Keyset.of(tx, ORDER, filter.after(), filter.before(), filter.ascending())
                .page(tx.sql().selectFrom(IDENTITY).where(where), filter.limit() == 0 ? Keyset.ALL : filter.limit())
                .stream()
                .map(IdentitySql::identity)
                .toList();
    }

    private static Condition equal(Field<String> column, @Nullable String value) {
        return value == null ? noCondition() : column.eq(value);
    }

    static int count(Tx tx) {
        return tx.sql().fetchCount(IDENTITY, tx.own(IDENTITY.ORGANIZATION_ID));
    }

    static void delete(Tx tx, String id) {
        tx.sql()
                .deleteFrom(IDENTITY)
                .where(IDENTITY.ID.eq(id), tx.own(IDENTITY.ORGANIZATION_ID))
                .execute();
    }

    static boolean linkAgent(Tx tx, String id, String agentId) {
        return tx.sql()
                        .insertInto(IDENTITY_AGENT, IDENTITY_AGENT.IDENTITY_ID, IDENTITY_AGENT.AGENT_ID)
                        .values(id, agentId)
                        .onConflictDoNothing()
                        .execute()
                > 0;
    }

    static boolean unlinkAgent(Tx tx, String id, String agentId) {
        return tx.sql()
                        .deleteFrom(IDENTITY_AGENT)
                        .where(IDENTITY_AGENT.IDENTITY_ID.eq(id), IDENTITY_AGENT.AGENT_ID.eq(agentId))
                        .execute()
                > 0;
    }

    static void unlinkAgents(Tx tx, String id) {
        tx.sql()
                .deleteFrom(IDENTITY_AGENT)
                .where(IDENTITY_AGENT.IDENTITY_ID.eq(id))
                .execute();
    }

    static void unlinkIdentities(Tx tx, String agentId) {
        tx.sql()
                .deleteFrom(IDENTITY_AGENT)
                .where(IDENTITY_AGENT.AGENT_ID.eq(agentId))
                .execute();
    }

    static void linkBlock(Tx tx, String id, String blockId) {
        tx.sql()
                .insertInto(IDENTITY_BLOCK, IDENTITY_BLOCK.IDENTITY_ID, IDENTITY_BLOCK.BLOCK_ID)
                .values(id, blockId)
                .onConflictDoNothing()
                .execute();
    }

    static void unlinkBlock(Tx tx, String id, String blockId) {
        tx.sql()
                .deleteFrom(IDENTITY_BLOCK)
                .where(IDENTITY_BLOCK.IDENTITY_ID.eq(id), IDENTITY_BLOCK.BLOCK_ID.eq(blockId))
                .execute();
    }

    static void unlinkBlocks(Tx tx, String id) {
        tx.sql()
                .deleteFrom(IDENTITY_BLOCK)
                .where(IDENTITY_BLOCK.IDENTITY_ID.eq(id))
                .execute();
    }

    static List<String> agentsOf(Tx tx, String id, Page page) {
        Condition linked = AGENT.ID.in(
                select(IDENTITY_AGENT.AGENT_ID).from(IDENTITY_AGENT).where(IDENTITY_AGENT.IDENTITY_ID.eq(id)));
        return Keyset.of(tx, AGENTS, page.after(), page.before(), page.ascending())
                .page(
                        tx.sql()
                                .select(AGENT.ID, AGENT.CREATED_AT)
                                .from(AGENT)
                                .where(linked)
                                .and(tx.own(AGENT.ORGANIZATION_ID)),
                        page.rows())
                .stream()
                .map(row -> row.get(AGENT.ID))
                .toList();
    }

    static List<String> blocksOf(Tx tx, String id, Page page) {
        Condition linked = BLOCK.ID.in(
                select(IDENTITY_BLOCK.BLOCK_ID).from(IDENTITY_BLOCK).where(IDENTITY_BLOCK.IDENTITY_ID.eq(id)));
        return Keyset.of(tx, BLOCKS, page.after(), page.before(), page.ascending())
                .page(
                        tx.sql()
                                .select(BLOCK.ID, BLOCK.CREATED_AT)
                                .from(BLOCK)
                                .where(linked)
                                .and(tx.own(BLOCK.ORGANIZATION_ID)),
                        page.rows())
                .stream()
                .map(row -> row.get(BLOCK.ID))
                .toList();
    }

    /** The identities of each agent, oldest first; agents without any are absent. */
    static Map<String, List<Identity>> ofAgents(Tx tx, Collection<String> agentIds) {
        Map<String, List<Identity>> out = new HashMap<>();
        tx.sql()
                .select(IDENTITY.fields())
                .select(IDENTITY_AGENT.AGENT_ID)
                .from(IDENTITY)
                .join(IDENTITY_AGENT)
                .on(IDENTITY_AGENT.IDENTITY_ID.eq(IDENTITY.ID))
                .where(IDENTITY_AGENT.AGENT_ID.in(agentIds), tx.own(IDENTITY.ORGANIZATION_ID))
                .orderBy(IDENTITY.CREATED_AT, IDENTITY.ID)
                .forEach(row -> out.computeIfAbsent(row.get(IDENTITY_AGENT.AGENT_ID), id -> new ArrayList<>())
                        .add(identity(row.into(IDENTITY))));
        return out;
    }

    /** Agents of an identity, or of any that is known by one of the keys; without either all. */
    static Condition ownsAgent(Tx tx, @Nullable String identityId, Collection<String> keys) {
        Condition all = noCondition();
        if (identityId != null) {
            all = all.and(AGENT.ID.in(select(IDENTITY_AGENT.AGENT_ID)
                    .from(IDENTITY_AGENT)
                    .where(IDENTITY_AGENT.IDENTITY_ID.eq(identityId))));
        }
        if (!keys.isEmpty()) {
            all = all.and(AGENT.ID.in(select(IDENTITY_AGENT.AGENT_ID)
                    .from(IDENTITY_AGENT)
                    .join(IDENTITY)
                    .on(IDENTITY.ID.eq(IDENTITY_AGENT.IDENTITY_ID))
                    .where(IDENTITY.IDENTIFIER_KEY.in(keys), tx.own(IDENTITY.ORGANIZATION_ID))));
        }
        return all;
    }

    private static Identity identity(IdentityRecord row) {
        return new Identity(
                row.getId(),
                row.getOrganizationId(),
                row.getIdentifierKey(),
                row.getName(),
                row.getIdentityType(),
                row.getProjectId().isEmpty() ? null : row.getProjectId(),
                Json.read(row.getProperties(), JsonNode.class),
                row.getCreatedAt());
    }
}
