package dev.mneme.file;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.AGENT_FILE;
import static dev.mneme.store.gen.Tables.AGENT_FOLDER;
import static dev.mneme.store.gen.Tables.FILE_CONTENT;
import static dev.mneme.store.gen.Tables.FOLDER;
import static dev.mneme.store.gen.Tables.FOLDER_FILE;

import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.message.LlmConfig;
import dev.mneme.store.Keyset;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;
import org.jspecify.annotations.Nullable;

/** The queries of {@link AgentFiles}. Agents are looked up in their organisation before; ids of associations hang on them. */
final class AgentFileSql {
    private static final Prepared SHOWN =
            Prepared.of(sql -> sql.select(AGENT_FILE.FOLDER_ID, FOLDER_FILE.FILE_NAME, AGENT_FILE.VISIBLE_CONTENT)
                    .from(AGENT_FILE)
                    .join(FOLDER_FILE)
                    .on(FOLDER_FILE.ID.eq(AGENT_FILE.FILE_ID))
                    .where(AGENT_FILE.AGENT_ID.eq(""))
                    .orderBy(FOLDER_FILE.FILE_NAME));

    private AgentFileSql() {}

    /** How much an agent may see at once. */
    record Viewer(String agentId, int maxOpen, int charLimit) {}

    static @Nullable Viewer viewer(Tx tx, String agentId) {
        return tx.sql()
                .select(AGENT.MAX_FILES_OPEN, AGENT.PER_FILE_VIEW_WINDOW_CHAR_LIMIT, AGENT.LLM_CONFIG)
                .from(AGENT)
                .where(AGENT.ID.eq(agentId))
                .and(tx.own(AGENT.ORGANIZATION_ID))
                .fetchOne(row -> {
                    FileView standard =
                            FileView.of(Json.read(row.value3(), LlmConfig.class).contextWindow());
                    return new Viewer(
                            agentId,
                            row.value1() == null ? standard.files() : row.value1(),
                            row.value2() == null ? standard.chars() : row.value2());
                });
    }

    static boolean attach(Tx tx, String agentId, String folderId, long now) {
        return tx.sql()
                        .insertInto(
                                AGENT_FOLDER, AGENT_FOLDER.AGENT_ID, AGENT_FOLDER.FOLDER_ID, AGENT_FOLDER.CREATED_AT)
                        .values(agentId, folderId, now)
                        .onConflictDoNothing()
                        .execute()
                > 0;
    }

    static boolean detach(Tx tx, String agentId, String folderId) {
        tx.sql()
                .deleteFrom(AGENT_FILE)
                .where(AGENT_FILE.AGENT_ID.eq(agentId))
                .and(AGENT_FILE.FOLDER_ID.eq(folderId))
                .execute();
        return tx.sql()
                        .deleteFrom(AGENT_FOLDER)
                        .where(AGENT_FOLDER.AGENT_ID.eq(agentId))
                        .and(AGENT_FOLDER.FOLDER_ID.eq(folderId))
                        .execute()
                > 0;
    }

    static List<String> agentsOf(Tx tx, String folderId) {
        return tx.sql()
                .select(AGENT_FOLDER.AGENT_ID)
                .from(AGENT_FOLDER)
                .where(AGENT_FOLDER.FOLDER_ID.eq(folderId))
                .fetchInto(String.class);
    }

    /** Ids of the folder's files that have been read, oldest first. */
    static List<String> readable(Tx tx, String folderId) {
        return tx.sql()
                .select(FOLDER_FILE.ID)
                .from(FOLDER_FILE)
                .join(FILE_CONTENT)
                .on(FILE_CONTENT.FILE_ID.eq(FOLDER_FILE.ID))
                .where(FOLDER_FILE.FOLDER_ID.eq(folderId))
                .orderBy(FOLDER_FILE.CREATED_AT, FOLDER_FILE.ID)
                .fetchInto(String.class);
    }

    /** What the agent's prompt shows of its files, by folder id; each by name. */
    static Map<String, List<ShownRow>> shown(Tx tx, String agentId) {
        Map<String, List<ShownRow>> out = new LinkedHashMap<>();
        for (ShownRow row :
                tx.list(SHOWN, row -> new ShownRow(row.getString(1), row.getString(2), row.getString(3)), agentId)) {
            out.computeIfAbsent(row.folderId(), id -> new ArrayList<>()).add(row);
        }
        return out;
    }

    record ShownRow(
            String folderId, String fileName, @Nullable String visible) {}

    private static SelectOnConditionStep<Record> rows(Tx tx) {
        return tx.sql()
                .select(AGENT_FILE.fields())
                .select(FOLDER.NAME, FOLDER_FILE.FILE_NAME, FOLDER_FILE.FILE_TYPE)
                .from(AGENT_FILE)
                .join(FOLDER_FILE)
                .on(FOLDER_FILE.ID.eq(AGENT_FILE.FILE_ID))
                .join(FOLDER)
                .on(FOLDER.ID.eq(AGENT_FILE.FOLDER_ID));
    }

    /** All files of an agent, the one looked at last first. */
    static List<AgentFile> all(Tx tx, String agentId) {
        return rows(tx).where(AGENT_FILE.AGENT_ID.eq(agentId))
                .orderBy(AGENT_FILE.LAST_ACCESSED_AT.desc(), AGENT_FILE.ID)
                .fetch(AgentFileSql::file);
    }

    static @Nullable AgentFile find(Tx tx, String agentId, String fileId) {
        return rows(tx).where(AGENT_FILE.AGENT_ID.eq(agentId))
                .and(AGENT_FILE.FILE_ID.eq(fileId))
                .fetchOne(AgentFileSql::file);
    }

    /** A page in order of the associations' ids, the only key that does not change (contract 06, W10). open: null: all. */
    static List<AgentFile> page(
            Tx tx,
            String agentId,
            @Nullable Boolean open,
            @Nullable String after,
            @Nullable String before,
            boolean ascending,
            int limit) {
        Condition where = AGENT_FILE.AGENT_ID.eq(agentId);
        if (open != null) {
            where = where.and(AGENT_FILE.IS_OPEN.eq(open));
        }
        if (after != null) {
            where = where.and(ascending ? AGENT_FILE.ID.gt(after) : AGENT_FILE.ID.lt(after));
        }
        if (before != null) {
            where = where.and(ascending ? AGENT_FILE.ID.lt(before) : AGENT_FILE.ID.gt(before));
        }
        return rows(tx).where(where)
                .orderBy(ascending ? AGENT_FILE.ID.asc() : AGENT_FILE.ID.desc())
                .limit(limit == 0 ? Keyset.ALL : limit)
                .fetch(AgentFileSql::file);
    }

    /** Stores what an agent sees of a file now. visible null: closed. */
    static void put(
            Tx tx,
            String agentId,
            String fileId,
            String folderId,
            @Nullable String visible,
            Lines.Range range,
            long accessed) {
        boolean open = visible != null && !visible.isEmpty();
        tx.sql()
                .insertInto(
                        AGENT_FILE,
                        AGENT_FILE.ID,
                        AGENT_FILE.AGENT_ID,
                        AGENT_FILE.FILE_ID,
                        AGENT_FILE.FOLDER_ID,
                        AGENT_FILE.IS_OPEN,
                        AGENT_FILE.VISIBLE_CONTENT,
                        AGENT_FILE.START_LINE,
                        AGENT_FILE.END_LINE,
                        AGENT_FILE.LAST_ACCESSED_AT)
                .values(
                        "file_agent-" + IdKind.uuid(),
                        agentId,
                        fileId,
                        folderId,
                        open,
                        open ? visible : null,
                        range.start(),
                        range.end(),
                        accessed)
                .onConflict(AGENT_FILE.AGENT_ID, AGENT_FILE.FILE_ID)
                .doUpdate()
                .set(AGENT_FILE.IS_OPEN, open)
                .set(AGENT_FILE.VISIBLE_CONTENT, open ? visible : null)
                .set(AGENT_FILE.START_LINE, range.start())
                .set(AGENT_FILE.END_LINE, range.end())
                .set(AGENT_FILE.LAST_ACCESSED_AT, accessed)
                .execute();
    }

    static void close(Tx tx, String associationId) {
        tx.sql()
                .update(AGENT_FILE)
                .set(AGENT_FILE.IS_OPEN, false)
                .setNull(AGENT_FILE.VISIBLE_CONTENT)
                .where(AGENT_FILE.ID.eq(associationId))
                .execute();
    }

    static void show(Tx tx, String associationId, String visible) {
        tx.sql()
                .update(AGENT_FILE)
                .set(AGENT_FILE.VISIBLE_CONTENT, visible)
                .where(AGENT_FILE.ID.eq(associationId))
                .execute();
    }

    static void touch(Tx tx, String associationId, long now) {
        tx.sql()
                .update(AGENT_FILE)
                .set(AGENT_FILE.LAST_ACCESSED_AT, now)
                .where(AGENT_FILE.ID.eq(associationId))
                .execute();
    }

    private static AgentFile file(Record row) {
        return new AgentFile(
                row.get(AGENT_FILE.ID),
                row.get(AGENT_FILE.FILE_ID),
                row.get(AGENT_FILE.FOLDER_ID),
                row.get(FOLDER.NAME),
                row.get(FOLDER_FILE.FILE_NAME),
                row.get(FOLDER_FILE.FILE_TYPE),
                row.get(AGENT_FILE.IS_OPEN),
                row.get(AGENT_FILE.VISIBLE_CONTENT),
                row.get(AGENT_FILE.START_LINE),
                row.get(AGENT_FILE.END_LINE),
                row.get(AGENT_FILE.LAST_ACCESSED_AT));
    }
}
