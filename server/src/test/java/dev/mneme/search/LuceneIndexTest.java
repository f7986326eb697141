package dev.mneme.search;

import dev.mneme.store.Db;
import dev.mneme.testkit.TestDb;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The embedded index, on the database that this run of the tests is for. */
class LuceneIndexTest extends IndexContract {
    @TempDir
    Path data;

    @Override
    Db database() {
        return TestDb.open(data);
    }

    @Override
    Path folder() {
        return data.resolve("index");
    }
}
