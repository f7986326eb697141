package dev.mneme.file;

import static dev.mneme.store.gen.Tables.FILE_PASSAGE;
import static dev.mneme.store.gen.Tables.FOLDER;
import static dev.mneme.store.gen.Tables.FOLDER_FILE;
import static dev.mneme.store.gen.Tables.PASSAGE;
import static dev.mneme.store.gen.Tables.TOMBSTONE;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.sum;

import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.memory.Page;
import dev.mneme.memory.Vectors;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.store.Keyset;
import dev.mneme.store.Prepared;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;
import org.jooq.TableField;
import org.jspecify.annotations.Nullable;

/** The queries of {@link FilePassages} and of the reading of files. */
final class FilePassageSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(FILE_PASSAGE, FILE_PASSAGE.CREATED_AT, FILE_PASSAGE.ID, FILE_PASSAGE.ORGANIZATION_ID);

    private static final Prepared INSERT = Prepared.of(sql -> sql.insertInto(
                    FILE_PASSAGE,
                    FILE_PASSAGE.ID,
                    FILE_PASSAGE.ORGANIZATION_ID,
                    FILE_PASSAGE.FOLDER_ID,
                    FILE_PASSAGE.FILE_ID,
                    FILE_PASSAGE.POSITION,
                    FILE_PASSAGE.TEXT,
                    FILE_PASSAGE.CREATED_AT,
                    FILE_PASSAGE.CHANGE_SEQ)
            .values("", "", "", "", 0, "", 0L, 0L));

    private static final Prepared TOMBSTONES =
            Prepared.of(sql -> sql.insertInto(TOMBSTONE, TOMBSTONE.CHANGE_SEQ, TOMBSTONE.KIND, TOMBSTONE.ENTITY_ID)
                    .values(0L, "", ""));

    private static final Prepared EMBED = Prepared.of(sql -> sql.update(FILE_PASSAGE)
            .set(FILE_PASSAGE.EMBEDDING, new byte[0])
            .set(FILE_PASSAGE.EMBEDDING_MODEL, "")
            .set(FILE_PASSAGE.CHANGE_SEQ, 0L)
            .where(FILE_PASSAGE.ID.eq("")));

    private FilePassageSql() {}

    /** A passage that has no vector yet. */
    record Waiting(String id, String text) {}

    /** Stores pieces of a file from a position on, in order. */
    static void insert(Tx tx, StoredFile file, String org, int from, List<String> texts, LongSupplier clock) {
        for (int i = 0; i < texts.size(); i++) {
            long now = clock.getAsLong();
            tx.run(INSERT, IdKind.PASSAGE.next(), org, file.folderId(), file.id(), from + i, texts.get(i), now, now);
        }
    }

    /** Takes all passages of a file away: its reading begins anew. */
    static void clear(Tx tx, String fileId, LongSupplier changes) {
        List<String> ids = tx.sql()
                .select(FILE_PASSAGE.ID)
                .from(FILE_PASSAGE)
                .where(FILE_PASSAGE.FILE_ID.eq(fileId))
                .fetchInto(String.class);
        bury(tx, ids, changes);
        tx.sql().deleteFrom(FILE_PASSAGE).where(FILE_PASSAGE.FILE_ID.eq(fileId)).execute();
    }

    /** Tells the index what is gone. */
    static void bury(Tx tx, List<String> ids, LongSupplier changes) {
        for (String id : ids) {
            tx.run(TOMBSTONES, changes.getAsLong(), "file_passage", id);
        }
    }

    static List<Waiting> waiting(Tx tx, String fileId, int limit) {
        return tx.sql()
                .select(FILE_PASSAGE.ID, FILE_PASSAGE.TEXT)
                .from(FILE_PASSAGE)
                .where(FILE_PASSAGE.FILE_ID.eq(fileId))
                .and(FILE_PASSAGE.EMBEDDING.isNull())
                .orderBy(FILE_PASSAGE.POSITION)
                .limit(limit)
                .fetch(row -> new Waiting(row.value1(), row.value2()));
    }

    static void embed(Tx tx, String id, float[] vector, String model, long change) {
        tx.run(EMBED, Vectors.bytes(vector), model, change, id);
    }

    static int embedded(Tx tx, String fileId) {
        Integer found = tx.sql()
                .select(count())
                .from(FILE_PASSAGE)
                .where(FILE_PASSAGE.FILE_ID.eq(fileId))
                .and(FILE_PASSAGE.EMBEDDING.isNotNull())
                .fetchOneInto(Integer.class);
        return found == null ? 0 : found;
    }

    /** Bytes of the vectors of files and archives. */
    static long vectorBytes(Tx tx) {
        return bytes(tx, FILE_PASSAGE.EMBEDDING, FILE_PASSAGE.ORGANIZATION_ID)
                + bytes(tx, PASSAGE.EMBEDDING, PASSAGE.ORGANIZATION_ID);
    }

    private static long bytes(Tx tx, TableField<?, byte[]> vector, TableField<?, String> organization) {
        Long sum = tx.sql()
                .select(sum(field("length({0})", Long.class, vector)))
                .from(vector.getTable())
                .where(tx.own(organization))
                .fetchOneInto(Long.class);
        return sum == null ? 0 : sum;
    }

    private static SelectOnConditionStep<Record> rows(Tx tx) {
        return tx.sql()
                .select(FILE_PASSAGE.fields())
                .select(FOLDER_FILE.FILE_NAME, FOLDER.NAME, FOLDER.EMBEDDING_CONFIG)
                .from(FILE_PASSAGE)
                .join(FOLDER_FILE)
                .on(FOLDER_FILE.ID.eq(FILE_PASSAGE.FILE_ID))
                .join(FOLDER)
                .on(FOLDER.ID.eq(FILE_PASSAGE.FOLDER_ID));
    }

    static Map<String, FilePassage> byIds(Tx tx, Collection<String> ids) {
        Map<String, FilePassage> found = new HashMap<>();
        rows(tx).where(FILE_PASSAGE.ID.in(ids))
                .and(tx.own(FILE_PASSAGE.ORGANIZATION_ID))
                .forEach(row -> found.put(row.get(FILE_PASSAGE.ID), passage(row)));
        return found;
    }

    static List<FilePassage> list(Tx tx, String folderId, Page page) {
        Condition where = FILE_PASSAGE.FOLDER_ID.eq(folderId).and(tx.own(FILE_PASSAGE.ORGANIZATION_ID));
        return Keyset.of(tx, ORDER, page.after(), page.before(), page.ascending())
                .page(rows(tx).where(where), page.rows())
                .stream()
                .map(FilePassageSql::passage)
                .toList();
    }

    /** Passages of folders that contain a text, without regard to case, oldest first. */
    static List<FilePassage> containing(
            Tx tx, Collection<String> folderIds, String text, @Nullable Long from, @Nullable Long until, int limit) {
        return rows(tx).where(FILE_PASSAGE.FOLDER_ID.in(folderIds))
                .and(tx.own(FILE_PASSAGE.ORGANIZATION_ID))
                .and(Texts.contains(FILE_PASSAGE.TEXT, text))
                .and(from == null ? noCondition() : FILE_PASSAGE.CREATED_AT.ge(from))
                .and(until == null ? noCondition() : FILE_PASSAGE.CREATED_AT.le(until))
                .orderBy(FILE_PASSAGE.CREATED_AT, FILE_PASSAGE.ID)
                .limit(limit)
                .fetch(FilePassageSql::passage);
    }

    private static FilePassage passage(Record row) {
        byte[] embedding = row.get(FILE_PASSAGE.EMBEDDING);
        return new FilePassage(
                row.get(FILE_PASSAGE.ID),
                row.get(FILE_PASSAGE.FOLDER_ID),
                row.get(FOLDER.NAME),
                row.get(FILE_PASSAGE.FILE_ID),
                row.get(FOLDER_FILE.FILE_NAME),
                row.get(FILE_PASSAGE.POSITION),
                row.get(FILE_PASSAGE.TEXT),
                embedding == null ? null : Vectors.floats(embedding),
                Json.read(row.get(FOLDER.EMBEDDING_CONFIG), EmbeddingConfig.class),
                row.get(FILE_PASSAGE.CREATED_AT));
    }
}
