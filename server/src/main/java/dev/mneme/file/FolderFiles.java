package dev.mneme.file;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.memory.Page;
import dev.mneme.search.Index;
import dev.mneme.store.Db;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The files of folders: taken in, listed, deleted (contract 06 §6.2, §6.3). Thread-safe. */
public final class FolderFiles {
    /** The error of a file whose reading was stopped. */
    public static final String CANCELLED = "Cancelled before the file was read to its end.";

    private final Db db;
    private final Clock clock;
    private final Index index;
    private final Spool spool;
    private final Ingest ingest;

    public FolderFiles(Db db, Index index, Spool spool, Ingest ingest) {
        this.db = db;
        this.clock = db.clock();
        this.index = index;
        this.spool = spool;
        this.ingest = ingest;
    }

    /** What to do when the folder has a file that was uploaded under the same name. */
    public enum Duplicates {
        SUFFIX,
        SKIP,
        ERROR,
        REPLACE
    }

    /**
     * An upload under way.
     *
     * @param fileName as the client calls it
     * @param contentType as the client says; null: it says nothing
     * @param name stored instead of fileName; null: no such wish
     * @param content read once, to its end; whoever opened it closes it
     */
    public record Upload(
            String fileName,
            @Nullable String contentType,
            @Nullable String name,
            InputStream content) {}

    /** skipped: the folder had it already, and nothing was stored. */
    public record Accepted(StoredFile file, boolean skipped) {}

    /** A file and, if asked for and there, its text. */
    public record Opened(StoredFile file, @Nullable String content) {}

    /** Stores an upload; it is read behind the answer. where: the family's word for a folder in refusals. */
    public Accepted accept(
            String org, @Nullable String userId, String folderId, Upload upload, Duplicates mode, String where) {
        String wanted = upload.name() == null ? "" : Texts.clean(upload.name());
        String name = wanted.isBlank() ? FileNames.plain(upload.fileName()) : wanted;
        StoredFile known = db.of(org)
                .read(tx -> {
                    Folders.require(tx, folderId);
                    return Optional.ofNullable(FileSql.uploadedAs(tx, folderId, name));
                })
                .orElse(null);
        FileTypes.admit(upload.fileName(), upload.contentType());
        if (known != null && mode == Duplicates.SKIP) {
            return new Accepted(known, true);
        }
        if (known != null && mode == Duplicates.ERROR) {
            throw Problem.invalid("File '" + name + "' already exists in " + where + " '" + known.folderName() + "'");
        }
        String id = IdKind.FILE.next();
        long size = spool.keep(id, upload.content());
        try {
            String type = FileTypes.recorded(name, upload.contentType());
            StoredFile stored = db.of(org).write(tx -> {
                Folder folder = Folders.require(tx, folderId);
                if (mode == Duplicates.REPLACE) {
                    replaced(tx, folderId, name);
                }
                return insert(tx, userId, folder, id, name, type, size);
            });
            return new Accepted(stored, false);
        } catch (RuntimeException e) {
            spool.drop(id);
            throw e;
        }
    }

    private void replaced(Tx tx, String folderId, String name) {
        StoredFile old = FileSql.uploadedAs(tx, folderId, name);
        if (old != null) {
            remove(tx, old.id());
        }
    }

    private StoredFile insert(
            Tx tx, @Nullable String userId, Folder folder, String id, String name, String type, long size) {
        long now = clock.next();
        StoredFile file = new StoredFile(
                id,
                folder.id(),
                folder.name(),
                FileNames.free(name, taken -> FileSql.taken(tx, folder.id(), taken)),
                name,
                type,
                size,
                FileStatus.PARSING,
                null,
                null,
                null,
                now,
                now,
                userId);
        FileSql.insert(tx, file, ingest.owner(), true);
        tx.afterCommit(ingest::nudge);
        return file;
    }

    /** A page of a folder's files; of an unknown folder none. */
    public List<Opened> list(String org, String folderId, Page page, boolean withContent) {
        return db.of(org).read(tx -> {
            List<StoredFile> files = FileSql.list(tx, folderId, page);
            Map<String, String> contents = withContent
                    ? FileSql.contents(tx, files.stream().map(StoredFile::id).toList())
                    : Map.of();
            return files.stream()
                    .map(file -> new Opened(file, contents.get(file.id())))
                    .toList();
        });
    }

    /** The file, or 404 when it is not in this folder. */
    public Opened get(String org, String folderId, String fileId, boolean withContent) {
        return db.of(org).read(tx -> {
            StoredFile file = require(tx, folderId, fileId);
            return new Opened(file, withContent ? FileSql.content(tx, fileId) : null);
        });
    }

    /** Deletes a file, its passages, and what agents see of it. */
    public void delete(String org, String folderId, String fileId) {
        db.of(org).write(tx -> {
            require(tx, folderId, fileId);
            remove(tx, fileId);
            return true;
        });
    }

    private void remove(Tx tx, String fileId) {
        FileSql.delete(tx, fileId, clock::next);
        tx.afterCommit(() -> spool.drop(fileId));
        tx.afterCommit(index::nudge);
    }

    /** A page of files as the jobs that read them; those whose job was deleted are left out. folderId null: of all folders. */
    public List<StoredFile> jobs(String org, @Nullable String folderId, boolean openOnly, Page page) {
        return db.of(org).read(tx -> FileSql.jobs(tx, folderId, openOnly, page));
    }

    /** The file that a job reads; null: there is none, or the job was deleted. */
    public @Nullable StoredFile job(String org, String fileId) {
        return db.of(org)
                .read(tx -> FileSql.jobDeleted(tx, fileId)
                        ? Optional.<StoredFile>empty()
                        : Optional.ofNullable(FileSql.find(tx, fileId)))
                .orElse(null);
    }

    /** Hides the job of a file; the file stays. */
    public void deleteJob(String org, String fileId) {
        db.of(org).write(tx -> {
            FileSql.deleteJob(tx, fileId);
            return true;
        });
    }

    /** Stops reading a file; what is stored of it stays. No change when its reading has ended. */
    public void cancel(String org, String fileId) {
        db.of(org).write(tx -> {
            if (FileSql.find(tx, fileId) != null) {
                IngestSql.end(tx, fileId, FileStatus.ERROR, CANCELLED, clock.next());
                tx.afterCommit(() -> spool.drop(fileId));
            }
            return true;
        });
    }

    private static StoredFile require(Tx tx, String folderId, String fileId) {
        StoredFile file = FileSql.find(tx, fileId);
        if (file == null || !file.folderId().equals(folderId)) {
            throw Problem.notFound("File with id=" + fileId + " not found in folder " + folderId);
        }
        return file;
    }

    /** Folders with what lies in them, by name; files empty unless asked for, those by name too. */
    public record Inventory(String folderId, String folderName, int count, long size, List<StoredFile> files) {}

    public List<Inventory> inventory(String org, boolean withFiles) {
        return db.of(org).read(tx -> {
            List<Inventory> all = new ArrayList<>();
            for (FileSql.Total total : FileSql.totals(tx)) {
                List<StoredFile> files = withFiles
                        ? FileSql.list(tx, total.folderId(), Page.ALL).stream()
                                .sorted(java.util.Comparator.comparing(StoredFile::name))
                                .toList()
                        : List.of();
                all.add(new Inventory(total.folderId(), total.folderName(), total.files(), total.size(), files));
            }
            return all;
        });
    }
}
