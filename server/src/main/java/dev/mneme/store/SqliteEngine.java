package dev.mneme.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;

/** SQLite in WAL mode with synchronous=FULL: many readers, one writer that commits in groups. */
final class SqliteEngine implements Engine {
    /** Readers at once. */
    private static final int READERS = 8;

    /** Pages that a reader keeps, KB: SQLite forgets them all after each foreign commit, so more would not help. */
    private static final int READER_CACHE_KB = 4_000;

    /** Pages that the writer keeps, KB: the ends of every index that a message goes into. */
    private static final int WRITER_CACHE_KB = 16_000;

    /** Pages (4 KB) of log after which it is copied into the file: the same pages change again and again and are then copied once. */
    private static final String CHECKPOINT_PAGES = "4000";

    /** Where SQLite puts temporary files; see "Temporary File Storage Locations" in its documentation. */
    private static final List<String> TEMPORARY = List.of("/var/tmp", "/usr/tmp", "/tmp");

    /** How long SQLite itself waits for a lock of another process, ms. */
    private static final int LOCK_WAIT_MS = 5_000;

    private final HikariDataSource readers;
    private final SqliteWriter writer;
    private final Jooq jooq;
    private final Map<SQLiteConnection, Statements> statements = new WeakHashMap<>();

    private SqliteEngine(HikariDataSource readers, SqliteWriter writer, Jooq jooq) {
        this.readers = readers;
        this.writer = writer;
        this.jooq = jooq;
    }

    static SqliteEngine open(Path file) {
        SqliteLibrary.keep();
        SQLiteDataSource writing = source(file, WRITER_CACHE_KB);
        Jooq jooq = new Jooq(SQLDialect.SQLITE);
        SqliteWriter writer;
        try {
            Migrations.run(writing, "blob");
            SqlitePlans.settle(writing);
            writer = new SqliteWriter(writing, jooq);
        } catch (SQLException e) {
            throw SqlFailure.translate(
                    e,
                    new Problem(
                            ProblemCode.UNAVAILABLE, "Cannot open the database " + file + ": " + e.getMessage(), e));
        } catch (RuntimeException e) {
            throw SqlFailure.translate(e);
        }
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("mneme-read");
        pool.setDataSource(source(file, READER_CACHE_KB));
        pool.setMaximumPoolSize(READERS);
        pool.setMinimumIdle(1);
        pool.setAutoCommit(false);
        pool.setConnectionTimeout(30_000);
        pool.setInitializationFailTimeout(-1);
        // Connections live as long as the server: their prepared statements are kept with them.
        pool.setMaxLifetime(0);
        pool.setIdleTimeout(0);
        return new SqliteEngine(new HikariDataSource(pool), writer, jooq);
    }

    private static SQLiteDataSource source(Path file, int cacheKb) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(LOCK_WAIT_MS);
        config.setCacheSize(-cacheKb);
        config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, CHECKPOINT_PAGES);
        if (TEMPORARY.stream().map(Path::of).noneMatch(Files::isWritable)) {
            // a container with a read-only file system: statements would fail that need a file of their own
            config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        }
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    @Override
    public String kind() {
        return "sqlite";
    }

    @Override
    public <T extends @Nullable Object> T read(String organizationId, Work<T> work) {
        try (Connection connection = readers.getConnection()) {
            try {
                return work.in(new Tx(jooq, connection, statements(connection), organizationId, false));
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw SqlFailure.translate(e, new IllegalStateException(e));
        } catch (RuntimeException e) {
            throw SqlFailure.translate(e);
        }
    }

    @Override
    public <T extends @Nullable Object> T write(String organizationId, Work<T> work) {
        return writer.write(organizationId, work);
    }

    /** The statements kept open on the physical connection behind a pooled one; gone with it. */
    private Statements statements(Connection pooled) throws SQLException {
        SQLiteConnection connection = pooled.unwrap(SQLiteConnection.class);
        synchronized (statements) {
            return statements.computeIfAbsent(connection, known -> new Statements(known, true));
        }
    }

    @Override
    public void close() {
        writer.close();
        readers.close();
    }
}
