package dev.mneme.testkit;

import dev.mneme.base.Clock;
import dev.mneme.store.Db;
import dev.mneme.store.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Opens fresh databases for tests: SQLite in a folder of the test, or, when the environment says {@code TEST_DATABASE=postgres}, a new
 * database on the PostgreSQL of {@code TEST_POSTGRES_URI}. So every test that uses {@link #open} is a test of both.
 */
public final class TestDb {
    static final int POOL = 4;

    /** A folder opened again is the same database. */
    private static final Map<Path, String> BY_FOLDER = new ConcurrentHashMap<>();

    private TestDb() {}

    /** A fresh database of the kind that this run of the tests is for. */
    public static Db open(Path folder) {
        return open(folder, Clock.system());
    }

    public static Db open(Path folder, Clock clock) {
        return on(folder, onPostgres() ? BY_FOLDER.computeIfAbsent(folder, path -> TestPostgres.fresh()) : null, clock);
    }

    /** SQLite, whatever this run is for: opened again on the same folder it holds what it held. */
    public static Db sqlite(Path folder) {
        return sqlite(folder, Clock.system());
    }

    public static Db sqlite(Path folder, Clock clock) {
        return on(folder, null, clock);
    }

    /** Whether this run of the tests is for PostgreSQL. */
    public static boolean onPostgres() {
        return "postgres".equals(System.getenv("TEST_DATABASE"));
    }

    private static Db on(Path folder, @Nullable String postgres, Clock clock) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Db.open(new StoreOptions(folder, postgres, POOL), clock);
    }
}
