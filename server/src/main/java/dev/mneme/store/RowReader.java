package dev.mneme.store;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads one row of a {@link Prepared} query; the cursor stands on it. */
@FunctionalInterface
public interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
}
