package dev.mneme.store;

import dev.mneme.base.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The database, SQLite or PostgreSQL. Thread-safe.
 *
 * <p>Reads see one consistent snapshot. Writes are atomic and durable when {@link View#write} returns; on SQLite
 * several waiting writes share one commit (decision 0004). Expected failures arrive as {@code Problem}: disk full (507),
 * database out of reach or locked (503), unique or foreign key violated (409).
 */
public final class Db implements AutoCloseable {
    /** The first organisation, that of everybody without another (contract 09 §8). */
    public static final String DEFAULT_ORGANIZATION = "org-00000000-0000-4000-8000-000000000000";
    /** The first user. */
    public static final String DEFAULT_USER = "user-00000000-0000-4000-8000-000000000000";

    static final String EVERY_ORGANIZATION = "*";

    private final Engine engine;
    private final Clock clock;

    private Db(Engine engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    /** Opens the database, brings its tables up to date and makes sure that the default organisation and user exist. */
    public static Db open(StoreOptions options, Clock clock) {
        Engine engine = engine(options);
        try {
            return over(engine, clock);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    static Engine engine(StoreOptions options) {
        return options.postgres() == null
                ? SqliteEngine.open(options.folder().resolve("mneme.db"))
                : PostgresEngine.open(options.postgres(), options.poolSize());
    }

    static Db over(Engine engine, Clock clock) {
        Db db = new Db(engine, clock);
        db.prepare();
        return db;
    }

    private void prepare() {
        View everywhere = everywhere();
        clock.after(everywhere.read(Bootstrap::newestMark));
        everywhere.write(tx -> {
            Bootstrap.defaults(tx, clock.next());
            return true;
        });
    }

    /** The database as one organisation sees it. */
    public View of(String organizationId) {
        return new View(organizationId);
    }

    /** The database without tenant filter: start, recovery, the index feed. Never for a request. */
    public View everywhere() {
        return new View(EVERY_ORGANIZATION);
    }

    public Clock clock() {
        return clock;
    }

    /** sqlite or postgres. */
    public String kind() {
        return engine.kind();
    }

    /** Whether no other server can work on this database: a SQLite file has one. */
    public boolean alone() {
        return engine.kind().equals("sqlite");
    }

    @Override
    public void close() {
        engine.close();
    }

    /** The database as seen by one organisation. */
    public final class View {
        private final String organizationId;

        private View(String organizationId) {
            this.organizationId = organizationId;
        }

        /** Reads one consistent snapshot. */
        public <T extends @Nullable Object> T read(Work<T> work) {
            return engine.read(organizationId, work);
        }

        /** Writes all or nothing; returns once it is on disk. Not to be nested. */
        public <T extends @Nullable Object> T write(Work<T> work) {
            return engine.write(organizationId, work);
        }

        public Db db() {
            return Db.this;
        }
    }
}
