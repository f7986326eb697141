package dev.mneme.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;

/** PostgreSQL behind a pool. Reads are repeatable-read and read-only; writes are read-committed, repeated on a deadlock. */
final class PostgresEngine implements Engine {
    /** How often a write is repeated after a deadlock or serialisation failure. */
    private static final int TRIES = 4;

    private final HikariDataSource pool;
    private final Jooq jooq = new Jooq(SQLDialect.POSTGRES);

    private PostgresEngine(HikariDataSource pool) {
        this.pool = pool;
    }

    static PostgresEngine open(String address, int poolSize) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("mneme-postgres");
        config.setJdbcUrl(PostgresAddress.jdbc(address));
        config.setMaximumPoolSize(poolSize);
        config.setMinimumIdle(2);
        config.setAutoCommit(false);
        config.setConnectionTimeout(30_000);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        try {
            HikariDataSource pool = new HikariDataSource(config);
            Migrations.run(pool, "bytea");
            return new PostgresEngine(pool);
        } catch (RuntimeException e) {
            throw SqlFailure.translate(e);
        }
    }

    @Override
    public String kind() {
        return "postgres";
    }

    @Override
    public <T extends @Nullable Object> T read(String organizationId, Work<T> work) {
        try (Connection connection = pool.getConnection()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
            try {
                return work.in(tx(connection, organizationId, false));
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
        for (int attempt = 1; ; attempt++) {
            try {
                return writeOnce(organizationId, work);
            } catch (RuntimeException e) {
                if (attempt == TRIES || !SqlFailure.worthRepeating(e)) {
                    throw SqlFailure.translate(e);
                }
            }
        }
    }

    private <T extends @Nullable Object> T writeOnce(String organizationId, Work<T> work) {
        Tx tx;
        T result;
        try (Connection connection = pool.getConnection()) {
            boolean committed = false;
            try {
                tx = tx(connection, organizationId, true);
                result = work.in(tx);
                connection.commit();
                committed = true;
            } finally {
                if (!committed) {
                    connection.rollback();
                }
            }
        } catch (SQLException e) {
            throw SqlFailure.translate(e, new IllegalStateException(e));
        }
        tx.committed();
        return result;
    }

    private Tx tx(Connection connection, String organizationId, boolean writing) {
        return new Tx(jooq, connection, new Statements(connection, false), organizationId, writing);
    }

    @Override
    public void close() {
        pool.close();
    }
}
