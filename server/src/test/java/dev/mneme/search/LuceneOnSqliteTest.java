package dev.mneme.search;

import dev.mneme.store.StoreOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The embedded index on SQLite. */
class LuceneOnSqliteTest extends IndexContract {
    @TempDir
    Path data;

    @Override
    StoreOptions store() {
        return new StoreOptions(data, null, 1);
    }

    @Override
    Path folder() {
        return data.resolve("index");
    }
}
