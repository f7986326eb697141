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

    PreparedStatement prepare(String text) throws SQLException {
        if (!keep) {
            return connection.prepareStatement(text);
        }
        PreparedStatement known = open.get(text);
        if (known == null || known.isClosed()) {
            known = connection.prepareStatement(text);
            open.put(text, known);
        }
        return known;
    }

    /** Gives a statement back after use. */
    void done(PreparedStatement statement) throws SQLException {
        if (keep) {
            statement.clearParameters();
        } else {
            statement.close();
        }
    }
}
