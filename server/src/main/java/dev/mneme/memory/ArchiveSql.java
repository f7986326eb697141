package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.AGENT_ARCHIVE;
import static dev.mneme.store.gen.Tables.ARCHIVE;
import static dev.mneme.store.gen.Tables.ARCHIVE_TAG;
import static org.jooq.impl.DSL.select;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.store.Keyset;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.ArchiveRecord;
import java.util.List;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/** The queries of {@link Archives}. */
final class ArchiveSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(ARCHIVE, ARCHIVE.CREATED_AT, ARCHIVE.ID, ARCHIVE.ORGANIZATION_ID);
    private static final Keyset.Columns AGENTS =
            new Keyset.Columns(AGENT, AGENT.CREATED_AT, AGENT.ID, AGENT.ORGANIZATION_ID);

    private ArchiveSql() {}

    /** What archival memory needs to know of an agent. */
    record Owner(String id, String name, @Nullable EmbeddingConfig embeddingConfig, String timezone) {}

    static @Nullable Owner owner(Tx tx, String agentId) {
        return tx.sql()
                .select(AGENT.ID, AGENT.NAME, AGENT.EMBEDDING_CONFIG, AGENT.TIMEZONE)
                .from(AGENT)
                .where(AGENT.ID.eq(agentId))
                .and(tx.own(AGENT.ORGANIZATION_ID))
                .fetchOne(row -> new Owner(row.value1(), row.value2(), config(row.value3()), row.value4()));
    }

    /** The embedder of the oldest agent that has one: the stand-in for a search over the whole organisation. */
    static @Nullable EmbeddingConfig oldestConfig(Tx tx) {
        return config(tx.sql()
                .select(AGENT.EMBEDDING_CONFIG)
                .from(AGENT)
                .where(AGENT.EMBEDDING_CONFIG.isNotNull())
                .and(tx.own(AGENT.ORGANIZATION_ID))
                .orderBy(AGENT.CREATED_AT, AGENT.ID)
                .limit(1)
                .fetchOneInto(String.class));
    }

    static @Nullable EmbeddingConfig config(@Nullable String json) {
        return json == null ? null : Json.read(json, EmbeddingConfig.class);
    }

    static void insert(Tx tx, Archive archive) {
        ArchiveRecord row = tx.sql().newRecord(ARCHIVE);
        row.setId(archive.id());
        row.setOrganizationId(tx.org());
        row.setName(archive.name());
        row.setDescription(archive.description());
        row.setEmbeddingConfig(archive.embeddingConfig() == null ? null : Json.write(archive.embeddingConfig()));
        row.setVectorDbProvider(archive.vectorDbProvider());
        row.setMetadata(archive.metadata() == null ? null : Json.write(archive.metadata()));
        row.setPassageCount(archive.passageCount());
        row.setCreatedAt(archive.createdAt());
        row.setUpdatedAt(archive.updatedAt());
        row.setCreatedById(archive.createdById());
        row.setLastUpdatedById(archive.lastUpdatedById());
        row.insert();
    }

    static @Nullable Archive find(Tx tx, String id) {
        ArchiveRecord row = tx.sql()
                .selectFrom(ARCHIVE)
                .where(ARCHIVE.ID.eq(id))
                .and(tx.own(ARCHIVE.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : archive(row);
    }

    private static final Prepared OF_AGENT = Prepared.of(sql -> sql.select(ARCHIVE.fields())
            .from(ARCHIVE)
            .join(AGENT_ARCHIVE)
            .on(AGENT_ARCHIVE.ARCHIVE_ID.eq(ARCHIVE.ID))
            .where(AGENT_ARCHIVE.AGENT_ID.eq(""))
            .and(ARCHIVE.ORGANIZATION_ID.eq("")));

    static @Nullable Archive ofAgent(Tx tx, String agentId) {
        ArchiveRecord row = tx.record(OF_AGENT, ARCHIVE, agentId, tx.org());
        return row == null ? null : archive(row);
    }

    static List<Archive> list(Tx tx, @Nullable String name, @Nullable String agentId, Page page) {
        Condition where = tx.own(ARCHIVE.ORGANIZATION_ID);
        if (name != null) {
            where = where.and(ARCHIVE.NAME.eq(name));
        }
        if (agentId != null) {
            where = where.and(ARCHIVE.ID.in(
                    select(AGENT_ARCHIVE.ARCHIVE_ID).from(AGENT_ARCHIVE).where(AGENT_ARCHIVE.AGENT_ID.eq(agentId))));
        }
        return Keyset.of(tx, ORDER, page.after(), page.before(), page.ascending())
                .page(tx.sql().selectFrom(ARCHIVE).where(where), page.rows())
                .stream()
                .map(ArchiveSql::archive)
                .toList();
    }

    static void rename(Tx tx, String id, String name, @Nullable String description, @Nullable String userId, long now) {
        tx.sql()
                .update(ARCHIVE)
                .set(ARCHIVE.NAME, name)
                .set(ARCHIVE.DESCRIPTION, description)
                .set(ARCHIVE.UPDATED_AT, now)
                .set(ARCHIVE.LAST_UPDATED_BY_ID, userId)
                .where(ARCHIVE.ID.eq(id))
                .and(tx.own(ARCHIVE.ORGANIZATION_ID))
                .execute();
    }

    static int delete(Tx tx, String id) {
        return tx.sql()
                .deleteFrom(ARCHIVE)
                .where(ARCHIVE.ID.eq(id))
                .and(tx.own(ARCHIVE.ORGANIZATION_ID))
                .execute();
    }

    static void attach(Tx tx, String agentId, String archiveId, boolean owner, long now) {
        tx.sql()
                .insertInto(
                        AGENT_ARCHIVE,
                        AGENT_ARCHIVE.AGENT_ID,
                        AGENT_ARCHIVE.ARCHIVE_ID,
                        AGENT_ARCHIVE.IS_OWNER,
                        AGENT_ARCHIVE.CREATED_AT)
                .values(agentId, archiveId, owner, now)
                .execute();
    }

    static void detach(Tx tx, String agentId, String archiveId) {
        tx.sql()
                .deleteFrom(AGENT_ARCHIVE)
                .where(AGENT_ARCHIVE.AGENT_ID.eq(agentId))
                .and(AGENT_ARCHIVE.ARCHIVE_ID.eq(archiveId))
                .execute();
    }

    static List<String> agentsOf(Tx tx, String archiveId, Page page) {
        return Keyset.of(tx, AGENTS, page.after(), page.before(), page.ascending())
                .page(
                        tx.sql()
                                .select(AGENT.ID, AGENT.CREATED_AT)
                                .from(AGENT)
                                .join(AGENT_ARCHIVE)
                                .on(AGENT_ARCHIVE.AGENT_ID.eq(AGENT.ID))
                                .where(AGENT_ARCHIVE.ARCHIVE_ID.eq(archiveId))
                                .and(tx.own(AGENT.ORGANIZATION_ID)),
                        page.rows())
                .stream()
                .map(row -> row.get(AGENT.ID))
                .toList();
    }

    /** Tags of an archive's passages, sorted. */
    static List<String> tags(Tx tx, String archiveId) {
        return tx.sql()
                .select(ARCHIVE_TAG.TAG)
                .from(ARCHIVE_TAG)
                .where(ARCHIVE_TAG.ARCHIVE_ID.eq(archiveId))
                .and(ARCHIVE_TAG.PASSAGES.gt(0L))
                .orderBy(ARCHIVE_TAG.TAG)
                .fetchInto(String.class);
    }

    private static Archive archive(ArchiveRecord row) {
        return new Archive(
                row.getId(),
                row.getName(),
                row.getDescription(),
                config(row.getEmbeddingConfig()),
                row.getVectorDbProvider(),
                row.getMetadata() == null ? null : Json.read(row.getMetadata(), JsonNode.class),
                row.getPassageCount(),
                row.getCreatedAt(),
                row.getUpdatedAt(),
                row.getCreatedById(),
                row.getLastUpdatedById());
    }
}
