package dev.mneme.file;

import static dev.mneme.store.gen.Tables.FILE_CONTENT;
import static dev.mneme.store.gen.Tables.FILE_PASSAGE;
import static dev.mneme.store.gen.Tables.FOLDER;
import static dev.mneme.store.gen.Tables.FOLDER_FILE;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.sum;

import dev.mneme.memory.Page;
import dev.mneme.store.Keyset;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.FolderFileRecord;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;
import org.jspecify.annotations.Nullable;

/** The queries of {@link FolderFiles}. */
final class FileSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(FOLDER_FILE, FOLDER_FILE.CREATED_AT, FOLDER_FILE.ID, FOLDER_FILE.ORGANIZATION_ID);

    private FileSql() {}

    private static SelectOnConditionStep<Record> rows(Tx tx) {
        return tx.sql()
                .select(FOLDER_FILE.fields())
                .select(FOLDER.NAME)
                .from(FOLDER_FILE)
                .join(FOLDER)
                .on(FOLDER.ID.eq(FOLDER_FILE.FOLDER_ID));
    }

    private static StoredFile file(Record row) {
        return new StoredFile(
                row.get(FOLDER_FILE.ID),
                row.get(FOLDER_FILE.FOLDER_ID),
                row.get(FOLDER.NAME),
                row.get(FOLDER_FILE.FILE_NAME),
                row.get(FOLDER_FILE.ORIGINAL_FILE_NAME),
                row.get(FOLDER_FILE.FILE_TYPE),
                row.get(FOLDER_FILE.FILE_SIZE),
                FileStatus.of(row.get(FOLDER_FILE.STATUS)),
                row.get(FOLDER_FILE.ERROR_MESSAGE),
                row.get(FOLDER_FILE.TOTAL_CHUNKS),
                row.get(FOLDER_FILE.CHUNKS_EMBEDDED),
                row.get(FOLDER_FILE.CREATED_AT),
                row.get(FOLDER_FILE.UPDATED_AT),
                row.get(FOLDER_FILE.CREATED_BY_ID));
    }

    /** owner: the server in whose spool the upload lies. */
    static void insert(Tx tx, StoredFile file, String owner, boolean spooled) {
        FolderFileRecord row = tx.sql().newRecord(FOLDER_FILE);
        row.setId(file.id());
        row.setOrganizationId(tx.org());
        row.setFolderId(file.folderId());
        row.setFileName(file.name());
        row.setOriginalFileName(file.originalName());
        row.setFileType(file.type());
        row.setFileSize(file.size());
        row.setStatus(file.status().word());
        row.setErrorMessage(file.error());
        row.setTotalChunks(file.totalChunks());
        row.setChunksEmbedded(file.chunksEmbedded());
        row.setSpooled(spooled);
        row.setJobDeleted(false);
        row.setOwner(owner);
        row.setLeaseUntil(0L);
        row.setCreatedAt(file.createdAt());
        row.setUpdatedAt(file.updatedAt());
        row.setCreatedById(file.createdById());
        row.insert();
    }

    static @Nullable StoredFile find(Tx tx, String id) {
        return rows(tx).where(FOLDER_FILE.ID.eq(id))
                .and(tx.own(FOLDER_FILE.ORGANIZATION_ID))
                .fetchOne(FileSql::file);
    }

    static List<StoredFile> list(Tx tx, String folderId, Page page) {
        Condition where = FOLDER_FILE.FOLDER_ID.eq(folderId).and(tx.own(FOLDER_FILE.ORGANIZATION_ID));
        return Keyset.of(tx, ORDER, page.after(), page.before(), page.ascending())
                .page(rows(tx).where(where), page.rows())
                .stream()
                .map(FileSql::file)
                .toList();
    }

    /** Those whose job an old client may still see; folderId null: of the organisation. */
    static List<StoredFile> jobs(Tx tx, @Nullable String folderId, boolean openOnly, Page page) {
        Condition where = tx.own(FOLDER_FILE.ORGANIZATION_ID).and(FOLDER_FILE.JOB_DELETED.isFalse());
        if (folderId != null) {
            where = where.and(FOLDER_FILE.FOLDER_ID.eq(folderId));
        }
        if (openOnly) {
            where = where.and(FOLDER_FILE.STATUS.in(
                    FileStatus.OPEN.stream().map(FileStatus::word).toList()));
        }
        return Keyset.of(tx, ORDER, page.after(), page.before(), page.ascending())
                .page(rows(tx).where(where), page.rows())
                .stream()
                .map(FileSql::file)
                .toList();
    }

    static boolean jobDeleted(Tx tx, String id) {
        return tx.sql().fetchExists(FOLDER_FILE, FOLDER_FILE.ID.eq(id).and(FOLDER_FILE.JOB_DELETED.isTrue()));
    }

    static void deleteJob(Tx tx, String id) {
        tx.sql()
                .update(FOLDER_FILE)
                .set(FOLDER_FILE.JOB_DELETED, true)
                .where(FOLDER_FILE.ID.eq(id))
                .and(tx.own(FOLDER_FILE.ORGANIZATION_ID))
                .execute();
    }

    /** The oldest file of the folder that was uploaded under this name. */
    static @Nullable StoredFile uploadedAs(Tx tx, String folderId, String originalName) {
        return rows(tx).where(FOLDER_FILE.FOLDER_ID.eq(folderId))
                .and(FOLDER_FILE.ORIGINAL_FILE_NAME.eq(originalName))
                .and(tx.own(FOLDER_FILE.ORGANIZATION_ID))
                .orderBy(FOLDER_FILE.CREATED_AT, FOLDER_FILE.ID)
                .limit(1)
                .fetchOne(FileSql::file);
    }

    static boolean taken(Tx tx, String folderId, String name) {
        return tx.sql()
                .fetchExists(FOLDER_FILE, FOLDER_FILE.FOLDER_ID.eq(folderId).and(FOLDER_FILE.FILE_NAME.eq(name)));
    }

    /** Deletes a file with its text and passages and tells the index. Whether it was there. */
    static boolean delete(Tx tx, String id, LongSupplier changes) {
        List<String> passages = tx.sql()
                .select(FILE_PASSAGE.ID)
                .from(FILE_PASSAGE)
                .where(FILE_PASSAGE.FILE_ID.eq(id))
                .and(tx.own(FILE_PASSAGE.ORGANIZATION_ID))
                .fetchInto(String.class);
        FilePassageSql.bury(tx, passages, changes);
        return tx.sql()
                        .deleteFrom(FOLDER_FILE)
                        .where(FOLDER_FILE.ID.eq(id))
                        .and(tx.own(FOLDER_FILE.ORGANIZATION_ID))
                        .execute()
                > 0;
    }

    /** Ids of the folder's files whose upload is still on disk. */
    static List<String> spooled(Tx tx, String folderId) {
        return tx.sql()
                .select(FOLDER_FILE.ID)
                .from(FOLDER_FILE)
                .where(FOLDER_FILE.FOLDER_ID.eq(folderId))
                .and(FOLDER_FILE.SPOOLED.isTrue())
                .fetchInto(String.class);
    }

    /** The text of a file; null until it was read. The file was found in its organisation before. */
    static @Nullable String content(Tx tx, String fileId) {
        return contents(tx, List.of(fileId)).get(fileId);
    }

    static Map<String, String> contents(Tx tx, List<String> fileIds) {
        return tx.sql()
                .select(FILE_CONTENT.FILE_ID, FILE_CONTENT.CONTENT)
                .from(FILE_CONTENT)
                .where(FILE_CONTENT.FILE_ID.in(fileIds))
                .fetchMap(FILE_CONTENT.FILE_ID, FILE_CONTENT.CONTENT);
    }

    static void setContent(Tx tx, String fileId, String content) {
        tx.sql()
                .insertInto(FILE_CONTENT, FILE_CONTENT.FILE_ID, FILE_CONTENT.CONTENT)
                .values(fileId, content)
                .onConflict(FILE_CONTENT.FILE_ID)
                .doUpdate()
                .set(FILE_CONTENT.CONTENT, content)
                .execute();
    }

    /** How many files a folder has and how many bytes they were. */
    record Total(String folderId, String folderName, int files, long size) {}

    /** Folders by name, those without files too. */
    static List<Total> totals(Tx tx) {
        Field<Integer> files = count(FOLDER_FILE.ID);
        Field<BigDecimal> size = coalesce(sum(FOLDER_FILE.FILE_SIZE), BigDecimal.ZERO);
        return tx.sql()
                .select(FOLDER.ID, FOLDER.NAME, files, size)
                .from(FOLDER)
                .leftJoin(FOLDER_FILE)
                .on(FOLDER_FILE.FOLDER_ID.eq(FOLDER.ID))
                .where(tx.own(FOLDER.ORGANIZATION_ID))
                .groupBy(FOLDER.ID, FOLDER.NAME)
                .orderBy(FOLDER.NAME)
                .fetch(row -> new Total(
                        row.value1(), row.value2(), row.value3(), row.value4().longValue()));
    }
}
