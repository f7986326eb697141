package dev.mneme.file;

import static dev.mneme.store.gen.Tables.FOLDER;
import static dev.mneme.store.gen.Tables.FOLDER_FILE;

import dev.mneme.base.Json;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.store.Tx;
import java.util.Collection;
import java.util.List;
import org.jooq.Condition;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** The queries of {@link Ingest}, on all organisations at once. */
final class IngestSql {
    private static final List<String> OPEN =
            FileStatus.OPEN.stream().map(FileStatus::word).toList();

    private IngestSql() {}

    /** A file to work on, and whose it is. */
    record Task(StoredFile file, String organizationId, EmbeddingConfig embedding) {}

    /**
     * Takes the oldest file that nobody works on. Uploads lie on the disk of the server that took them, so only that one reads them; to
     * embed, any server may.
     *
     * @param working what this server works on already
     */
    static @Nullable Task claim(Tx tx, String owner, Collection<String> working, long now, long until) {
        Condition mine = FOLDER_FILE.OWNER.eq(owner).and(FOLDER_FILE.ID.notIn(working));
        Condition left = FOLDER_FILE.LEASE_UNTIL.lt(now).and(FOLDER_FILE.SPOOLED.isFalse());
        var found = tx.sql()
                .select(FOLDER_FILE.ID, FOLDER_FILE.OWNER, FOLDER_FILE.LEASE_UNTIL)
                .from(FOLDER_FILE)
                .where(FOLDER_FILE.STATUS.in(OPEN))
                .and(DSL.or(mine, left))
                .orderBy(FOLDER_FILE.CREATED_AT, FOLDER_FILE.ID)
                .limit(1)
                .fetchOne();
        if (found == null) {
            return null;
        }
        int rows = tx.sql()
                .update(FOLDER_FILE)
                .set(FOLDER_FILE.OWNER, owner)
                .set(FOLDER_FILE.LEASE_UNTIL, until)
                .where(FOLDER_FILE.ID.eq(found.value1()))
                .and(FOLDER_FILE.OWNER.eq(found.value2()))
                .and(FOLDER_FILE.LEASE_UNTIL.eq(found.value3()))
                .execute();
        return rows == 0 ? null : task(tx, found.value1());
    }

    private static @Nullable Task task(Tx tx, String id) {
        StoredFile file = FileSql.find(tx, id);
        return file == null
                ? null
                : tx.sql()
                        .select(FOLDER.ORGANIZATION_ID, FOLDER.EMBEDDING_CONFIG)
                        .from(FOLDER)
                        .where(FOLDER.ID.eq(file.folderId()))
                        .fetchOne(row -> new Task(file, row.value1(), Json.read(row.value2(), EmbeddingConfig.class)));
    }

    static void renew(Tx tx, String owner, Collection<String> working, long until) {
        tx.sql()
                .update(FOLDER_FILE)
                .set(FOLDER_FILE.LEASE_UNTIL, until)
                .where(FOLDER_FILE.ID.in(working))
                .and(FOLDER_FILE.OWNER.eq(owner))
                .execute();
    }

    /** Uploads whose server has been silent since: nobody else can read them. */
    static List<String> lost(Tx tx, String owner, long before) {
        return tx.sql()
                .select(FOLDER_FILE.ID)
                .from(FOLDER_FILE)
                .where(FOLDER_FILE.STATUS.in(OPEN))
                .and(FOLDER_FILE.SPOOLED.isTrue())
                .and(FOLDER_FILE.OWNER.ne(owner))
                .and(FOLDER_FILE.LEASE_UNTIL.lt(before))
                .and(FOLDER_FILE.CREATED_AT.lt(before))
                .fetchInto(String.class);
    }

    /** Whether the file is still there and open: it may be deleted or cancelled while it is worked on. */
    static boolean open(Tx tx, String id) {
        return tx.sql().fetchExists(FOLDER_FILE, FOLDER_FILE.ID.eq(id).and(FOLDER_FILE.STATUS.in(OPEN)));
    }

    /** The text is stored: what is left is to embed. */
    static void read(Tx tx, String id, int chunks, long now) {
        tx.sql()
                .update(FOLDER_FILE)
                .set(FOLDER_FILE.STATUS, FileStatus.EMBEDDING.word())
                .set(FOLDER_FILE.TOTAL_CHUNKS, chunks)
                .set(FOLDER_FILE.CHUNKS_EMBEDDED, 0)
                .set(FOLDER_FILE.SPOOLED, false)
                .set(FOLDER_FILE.UPDATED_AT, now)
                .where(FOLDER_FILE.ID.eq(id))
                .execute();
    }

    static void embedded(Tx tx, String id, int chunks, long now) {
        tx.sql()
                .update(FOLDER_FILE)
                .set(FOLDER_FILE.CHUNKS_EMBEDDED, chunks)
                .set(FOLDER_FILE.UPDATED_AT, now)
                .where(FOLDER_FILE.ID.eq(id))
                .execute();
    }

    /** Ends an open file; a closed one stays as it is. */
    static void end(Tx tx, String id, FileStatus status, @Nullable String error, long now) {
        tx.sql()
                .update(FOLDER_FILE)
                .set(FOLDER_FILE.STATUS, status.word())
                .set(FOLDER_FILE.ERROR_MESSAGE, error)
                .set(FOLDER_FILE.SPOOLED, false)
                .set(FOLDER_FILE.LEASE_UNTIL, 0L)
                .set(FOLDER_FILE.UPDATED_AT, now)
                .where(FOLDER_FILE.ID.eq(id))
                .and(FOLDER_FILE.STATUS.in(OPEN))
                .execute();
    }
}
