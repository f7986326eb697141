package dev.mneme.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * One open transaction, seen as one organisation. Confined to the work that got it: never kept, never handed to another thread.
 */
public final class Tx {
    private final Jooq jooq;
    private final Connection connection;
    private final Statements statements;
    private final String organizationId;
    private final boolean writing;
    private final List<Runnable> afterCommit = new ArrayList<>(2);
    private @Nullable DSLContext sql;

    Tx(Jooq jooq, Connection connection, Statements statements, String organizationId, boolean writing) {
        this.jooq = jooq;
        this.connection = connection;
        this.statements = statements;
        this.organizationId = organizationId;
        this.writing = writing;
    }

    /** Statements off the hot path. Made when first asked for: many transactions run prepared statements only. */
    public DSLContext sql() {
        if (sql == null) {
            sql = jooq.on(connection);
        }
        return sql;
    }

    /** Whether what is read here may never be committed: it must not be kept beyond the transaction. */
    public boolean writing() {
        return writing;
    }

    /** The organisation that rows written here belong to. */
    public String org() {
        return organizationId;
    }

    /** The tenant filter: every query on a table with organization_id carries it, except on system work. */
    public Condition own(TableField<?, String> organizationColumn) {
        return everywhere() ? DSL.noCondition() : organizationColumn.eq(organizationId);
    }

    /** Whether the rows of all organisations are seen: system work. */
    public boolean everywhere() {
        return organizationId.equals(Db.EVERY_ORGANIZATION);
    }

    /** Runs a statement of the hot path with values (text, numbers, booleans, bytes, null); returns how many rows it changed. */
    public int run(Prepared statement, @Nullable Object... values) {
        try {
            return statements.use(text(statement), ready -> {
                bind(ready, values);
                return ready.executeUpdate();
            });
        } catch (SQLException e) {
            throw new DataAccessException("running a prepared statement", e);
        }
    }

    /** All rows of a query of the hot path. */
    public <T> List<T> list(Prepared query, RowReader<T> reader, @Nullable Object... values) {
        try {
            return statements.use(text(query), ready -> {
                bind(ready, values);
                try (ResultSet rows = ready.executeQuery()) {
                    List<T> out = new ArrayList<>();
                    while (rows.next()) {
                        out.add(reader.read(rows));
                    }
                    return out;
                }
            });
        } catch (SQLException e) {
            throw new DataAccessException("running a prepared query", e);
        }
    }

    /** All rows of a query of the hot path whose columns are exactly those of the table. */
    public <R extends Record> List<R> records(Prepared query, Table<R> table, @Nullable Object... values) {
        Field<?>[] columns = table.fields();
        return list(
                query,
                row -> {
                    R out = table.newRecord();
                    Object[] cells = new Object[columns.length];
                    for (int i = 0; i < columns.length; i++) {
                        cells[i] = cell(row, i + 1, columns[i].getType());
                    }
                    out.fromArray(cells);
                    return out;
                },
                values);
    }

    static @Nullable Object cell(ResultSet row, int column, Class<?> type) throws SQLException {
        if (type == String.class) {
            return row.getString(column);
        }
        if (type == byte[].class) {
            return row.getBytes(column);
        }
        Object value;
        if (type == Long.class) {
            value = row.getLong(column);
        } else if (type == Integer.class) {
            value = row.getInt(column);
        } else if (type == Boolean.class) {
            value = row.getBoolean(column);
        } else {
            throw new IllegalArgumentException("no reading of " + type);
        }
        return row.wasNull() ? null : value;
    }

    /** The first of {@link #records}, or null. */
    public <R extends Record> @Nullable R record(Prepared query, Table<R> table, @Nullable Object... values) {
        List<R> rows = records(query, table, values);
        return rows.isEmpty() ? null : rows.getFirst();
    }

    /** The first row of a query of the hot path, or null. */
    public <T> @Nullable T one(Prepared query, RowReader<T> reader, @Nullable Object... values) {
        List<T> rows = list(query, reader, values);
        return rows.isEmpty() ? null : rows.getFirst();
    }

    private String text(Prepared statement) {
        return statement.text(jooq.dialect(), this::sql);
    }

    private static void bind(PreparedStatement ready, @Nullable Object[] values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            switch (values[i]) {
                case null -> ready.setObject(i + 1, null);
                case String text -> ready.setString(i + 1, text);
                case Long number -> ready.setLong(i + 1, number);
                case Integer number -> ready.setInt(i + 1, number);
                case Boolean yes -> ready.setBoolean(i + 1, yes);
                case byte[] bytes -> ready.setBytes(i + 1, bytes);
                default -> throw new IllegalArgumentException("no binding for " + values[i].getClass());
            }
        }
    }

    /** Runs after the commit, on the thread that asked for the write; not at all after a rollback. */
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    void committed() {
        afterCommit.forEach(Runnable::run);
    }
}
