package dev.mneme.file;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.AGENT_FOLDER;
import static dev.mneme.store.gen.Tables.FOLDER;
import static dev.mneme.store.gen.Tables.TOMBSTONE;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.memory.Page;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.store.Keyset;
import dev.mneme.store.Prepared;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.FolderRecord;
import java.util.List;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/** The queries of {@link Folders}. */
final class FolderSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(FOLDER, FOLDER.CREATED_AT, FOLDER.ID, FOLDER.ORGANIZATION_ID);
    private static final Keyset.Columns AGENTS =
            new Keyset.Columns(AGENT, AGENT.CREATED_AT, AGENT.ID, AGENT.ORGANIZATION_ID);

    private FolderSql() {}

    /** Stores it, new or changed. */
    static void put(Tx tx, Folder folder) {
        FolderRecord row = tx.sql().newRecord(FOLDER);
        row.setId(folder.id());
        row.setOrganizationId(tx.org());
        row.setName(folder.name());
        row.setDescription(folder.description());
        row.setInstructions(folder.instructions());
        row.setMetadata(folder.metadata() == null ? null : Json.write(folder.metadata()));
        row.setEmbeddingConfig(Json.write(folder.embeddingConfig()));
        row.setCreatedAt(folder.createdAt());
        row.setUpdatedAt(folder.updatedAt());
        row.setCreatedById(folder.createdById());
        row.setLastUpdatedById(folder.lastUpdatedById());
        tx.sql()
                .insertInto(FOLDER)
                .set(row)
                .onConflict(FOLDER.ID)
                .doUpdate()
                .set(row)
                .execute();
    }

    static @Nullable Folder find(Tx tx, String id) {
        return one(tx, FOLDER.ID.eq(id));
    }

    static @Nullable Folder named(Tx tx, String name) {
        return one(tx, FOLDER.NAME.eq(name));
    }

    private static @Nullable Folder one(Tx tx, Condition which) {
        FolderRecord row = tx.sql()
                .selectFrom(FOLDER)
                .where(which)
                .and(tx.own(FOLDER.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : folder(row);
    }

    static List<Folder> list(Tx tx, @Nullable String containing, Page page) {
        Condition where = tx.own(FOLDER.ORGANIZATION_ID).and(Texts.contains(FOLDER.NAME, containing));
        return Keyset.of(tx, ORDER, page.after(), page.before(), page.ascending())
                .page(tx.sql().selectFrom(FOLDER).where(where), page.rows())
                .stream()
                .map(FolderSql::folder)
                .toList();
    }

    static int count(Tx tx) {
        return tx.sql().fetchCount(FOLDER, tx.own(FOLDER.ORGANIZATION_ID));
    }

    /** Deletes it with its files and passages, and tells the index. Whether it was there. */
    static boolean delete(Tx tx, String id, long change) {
        int rows = tx.sql()
                .deleteFrom(FOLDER)
                .where(FOLDER.ID.eq(id))
                .and(tx.own(FOLDER.ORGANIZATION_ID))
                .execute();
        if (rows > 0) {
            bury(tx, change, "folder", id);
        }
        return rows > 0;
    }

    static void bury(Tx tx, long change, String kind, String id) {
        tx.sql()
                .insertInto(TOMBSTONE, TOMBSTONE.CHANGE_SEQ, TOMBSTONE.KIND, TOMBSTONE.ENTITY_ID)
                .values(change, kind, id)
                .execute();
    }

    static List<String> agents(Tx tx, String folderId, Page page) {
        return Keyset.of(tx, AGENTS, page.after(), page.before(), page.ascending())
                .page(
                        tx.sql()
                                .select(AGENT.ID, AGENT.CREATED_AT)
                                .from(AGENT)
                                .join(AGENT_FOLDER)
                                .on(AGENT_FOLDER.AGENT_ID.eq(AGENT.ID))
                                .where(AGENT_FOLDER.FOLDER_ID.eq(folderId))
                                .and(tx.own(AGENT.ORGANIZATION_ID)),
                        page.rows())
                .stream()
                .map(row -> row.get(AGENT.ID))
                .toList();
    }

    private static final Prepared OF_AGENT = Prepared.of(sql -> sql.select(FOLDER.fields())
            .from(FOLDER)
            .join(AGENT_FOLDER)
            .on(AGENT_FOLDER.FOLDER_ID.eq(FOLDER.ID))
            .where(AGENT_FOLDER.AGENT_ID.eq(""))
            .orderBy(AGENT_FOLDER.CREATED_AT, FOLDER.ID));

    /** In order of attachment. The agent was found in its organisation before. */
    static List<Folder> ofAgent(Tx tx, String agentId) {
        return tx.records(OF_AGENT, FOLDER, agentId).stream()
                .map(FolderSql::folder)
                .toList();
    }

    static Folder folder(FolderRecord row) {
        return new Folder(
                row.getId(),
                row.getName(),
                row.getDescription(),
                row.getInstructions(),
                row.getMetadata() == null ? null : Json.read(row.getMetadata(), JsonNode.class),
                Json.read(row.getEmbeddingConfig(), EmbeddingConfig.class),
                row.getCreatedAt(),
                row.getUpdatedAt(),
                row.getCreatedById(),
                row.getLastUpdatedById());
    }
}
