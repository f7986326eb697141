package dev.mneme.account;

import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.store.Db;
import dev.mneme.store.Dump;
import dev.mneme.store.Tx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Backups of a whole server, in one format for both databases, and their way back (decision 0029). One at a time. Thread-safe. */
public final class Backups {
    /** Letters of a passphrase, at least: shorter ones are guessed too soon. */
    private static final int SHORTEST_PASSPHRASE = 8;

    private final Db db;
    private final Secrets secrets;
    private final Place place;
    private final SecureRandom random;
    private final Runnable restored;
    private final ReentrantLock busy = new ReentrantLock();

    /**
     * Where a server keeps what is not in its database.
     *
     * @param folder of its data
     * @param uploads in it: files that wait to be read, named by their ids
     * @param serverId of this installation
     */
    public record Place(Path folder, Path uploads, String serverId) {}

    /** restored: is told when other rows stand in the database. */
    public Backups(Db db, Secrets secrets, Place place, SecureRandom random, Runnable restored) {
        this.db = db;
        this.secrets = secrets;
        this.place = place;
        this.random = random;
        this.restored = restored;
    }

    /** What a restore did. lostSecrets: values that nobody can open any more and that are empty now. */
    public record Restored(long rows, long lostSecrets) {}

    private static Problem unwritable(IOException e) {
        return new Problem(
                ProblemCode.UNAVAILABLE, "The data folder cannot take the backup: " + e.getMessage() + ".", e);
    }

    /**
     * Writes a backup out of one snapshot, while the server works.
     *
     * @param passphrase the key of secrets goes along, sealed under it; null: it stays behind
     */
    public void write(Path file, @Nullable String passphrase) {
        if (passphrase != null && passphrase.length() < SHORTEST_PASSPHRASE) {
            throw Problem.unprocessable("The passphrase must have at least " + SHORTEST_PASSPHRASE + " letters.");
        }
        alone(() -> {
            try (BackupFile.Writer out = new BackupFile.Writer(Files.newOutputStream(file))) {
                out.manifest()
                        .put("database", db.kind())
                        .put("made_at", db.clock().now());
                out.manifest().set("schema", Json.tree(Dump.versions()));
                out.manifest().put("probe", secrets.seal(Resealing.PROBE));
                out.manifest()
                        .put("key", passphrase == null ? null : secrets.sealedUnder(new Secrets(passphrase, random)));
                db.everywhere().read(tx -> {
                    fill(out, tx);
                    return true;
                });
                out.finish();
            } catch (IOException e) {
                throw unwritable(e);
            }
            return true;
        });
    }

    private void fill(BackupFile.Writer out, Tx tx) {
        try {
            // First, as they go away when they are read.
            for (String upload : Dump.uploads(tx)) {
                upload(out, upload);
            }
            for (String table : Dump.tables(tx)) {
                out.table(table, to -> Dump.write(tx, table, to));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void upload(BackupFile.Writer out, String id) throws IOException {
        try (InputStream in = Files.newInputStream(place.uploads().resolve(id))) {
            out.upload(id, in::transferTo);
        } catch (NoSuchFileException e) {
            // Just read, or on the disk of another server. Where it is restored, the file says that its upload is gone.
            return;
        }
    }

    /**
     * Puts a backup in the place of what is here: all of it, or nothing when it is refused. No turn may run meanwhile.
     *
     * @param replace also where something is here already, which is lost then
     */
    public Restored restore(Path file, @Nullable String passphrase, boolean replace) {
        return alone(() -> {
            try (BackupFile backup = BackupFile.open(file)) {
                backup.check(Dump.versions());
                Restored done = restore(backup, passphrase, replace);
                restored.run();
                return done;
            }
        });
    }

    private Restored restore(BackupFile backup, @Nullable String passphrase, boolean replace) {
        Set<String> fresh = unpack(backup);
        try {
            return db.everywhere().write(tx -> fill(tx, backup, passphrase, replace));
        } catch (RuntimeException e) {
            fresh.forEach(this::drop);
            throw e;
        }
    }

    private Restored fill(Tx tx, BackupFile backup, @Nullable String passphrase, boolean replace) {
        if (!replace && !Dump.untouched(tx)) {
            throw Problem.conflict("This server holds something already. Restore into a new one, or with replace, which"
                    + " deletes what is here. Nothing was changed.");
        }
        Resealing seals = Resealing.of(
                secrets,
                random,
                backup.manifest().path("probe").asText(),
                backup.manifest().path("key").textValue(),
                passphrase);
        Dump.clear(tx, db.clock(), place.serverId());
        Set<String> held = new HashSet<>(backup.tables());
        long rows = 0;
        for (String table : Dump.tables(tx)) {
            if (held.remove(table)) {
                rows += fill(tx, backup, table, seals);
            }
        }
        if (!held.isEmpty()) {
            throw BackupFile.broken("it holds tables that are unknown: " + String.join(", ", held), null);
        }
        Dump.adopt(tx, db.clock(), place.serverId());
        return new Restored(rows, seals.lost());
    }

    private long fill(Tx tx, BackupFile backup, String table, Resealing seals) {
        try (InputStream in = backup.content(BackupFile.TABLES + table)) {
            long rows = Dump.read(tx, db.clock(), table, in, seals);
            if (rows != backup.rows(table)) {
                throw BackupFile.broken("of the rows of " + table + " only " + rows + " could be read", null);
            }
            return rows;
        } catch (Dump.Unreadable e) {
            throw BackupFile.broken(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw BackupFile.broken("the rows of " + table + " cannot be read", e);
        }
    }

    /** Puts uploads to their place; answers those that were not there before. */
    private Set<String> unpack(BackupFile backup) {
        Set<String> fresh = new HashSet<>();
        try {
            Files.createDirectories(place.uploads());
            for (String id : backup.uploads()) {
                Path target = place.uploads().resolve(id).normalize();
                if (!place.uploads().normalize().equals(target.getParent())) {
                    throw BackupFile.broken("the name of the upload " + id + " leads out of its folder", null);
                }
                if (!Files.exists(target)) {
                    fresh.add(id);
                    try (InputStream in = backup.content(BackupFile.UPLOADS + id)) {
                        Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
                    }
                }
            }
            return fresh;
        } catch (IOException e) {
            fresh.forEach(this::drop);
            throw unwritable(e);
        } catch (RuntimeException e) {
            fresh.forEach(this::drop);
            throw e;
        }
    }

    private void drop(String upload) {
        try {
            Files.deleteIfExists(place.uploads().resolve(upload));
        } catch (IOException e) {
            // It is nobody's file then, and the next restore of this backup finds it in its place.
            return;
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T run();
    }

    private <T> T alone(Work<T> work) {
        if (!busy.tryLock()) {
            throw new Problem(
                    ProblemCode.BUSY,
                    "Another backup or restore is at work on this server. Try again when it is done.");
        }
        try {
            return work.run();
        } finally {
            busy.unlock();
        }
    }
}
