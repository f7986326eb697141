package dev.mneme.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Prepared statements of one connection, kept open: SQLite compiles a text anew otherwise. Confined to who holds the connection. */
final class Statements {
    private final Connection connection;
    private final boolean keep;
    private final Map<String, PreparedStatement> open = new HashMap<>();

    /** keep: false where the driver caches by itself (PostgreSQL). */
    Statements(Connection connection, boolean keep) {
        this.connection = connection;
        this.keep = keep;
    }

    /** What is done with a statement while it is out. */
    @FunctionalInterface
    interface Use<T> {
        T with(PreparedStatement statement) throws SQLException;
    }

    /**
     * Prepares, uses and gives back. After a failure the statement is not kept: the driver closes some by itself (a full disk, an I/O
     * error), and one that it closed would fail for ever. The failure of the use is what the caller gets, whatever closing says.
     */
    <T> T use(String text, Use<T> use) throws SQLException {
        PreparedStatement statement = prepare(text);
        T out;
        try {
            out = use.with(statement);
        } catch (SQLException | RuntimeException e) {
            open.remove(text);
            try {
                statement.close();
            } catch (SQLException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        if (keep) {
            statement.clearParameters();
        } else {
            statement.close();
        }
        return out;
    }

    private PreparedStatement prepare(String text) throws SQLException {
        if (!keep) {
            return connection.prepareStatement(text);
        }
        PreparedStatement known = open.get(text);
        if (known == null) {
            known = connection.prepareStatement(text);
            open.put(text, known);
        }
        return known;
    }
}
