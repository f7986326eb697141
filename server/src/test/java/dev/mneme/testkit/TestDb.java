package dev.mneme.testkit;

import dev.mneme.base.Clock;
import dev.mneme.store.Db;
import dev.mneme.store.StoreOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens a fresh SQLite database in a folder of a test. */
public final class TestDb {
    private TestDb() {}

    public static Db sqlite(Path folder) {
        return sqlite(folder, Clock.system());
    }

    public static Db sqlite(Path folder, Clock clock) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Db.open(new StoreOptions(folder, null, 4), clock);
    }
}
