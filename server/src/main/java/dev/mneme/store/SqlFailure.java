package dev.mneme.store;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteException;

/** Turns what a database driver says into what a caller should be told. */
final class SqlFailure {
    private static final Logger LOG = LoggerFactory.getLogger(SqlFailure.class);

    private SqlFailure() {}

    /** A Problem for the failures of the world; the same exception for bugs. */
    static RuntimeException translate(RuntimeException failure) {
        if (failure instanceof Problem) {
            return failure;
        }
        SQLException cause = sqlCause(failure);
        return cause == null ? failure : translate(cause, failure);
    }

    static RuntimeException translate(SQLException cause, RuntimeException fallback) {
        if (cause instanceof SQLiteException sqlite) {
            return switch (sqlite.getResultCode().code & 0xff) {
                case 13 ->
                    new Problem(
                            ProblemCode.STORAGE_FULL,
                            "The disk of the data folder is full. Nothing of this request was stored; free some space and send it again.",
                            fallback);
                case 5, 6 ->
                    new Problem(
                            ProblemCode.UNAVAILABLE,
                            "The database is locked by another process. Close the program that has mneme.db open and try again.",
                            fallback);
                case 8 ->
                    new Problem(
                            ProblemCode.UNAVAILABLE,
                            "The database cannot be written: it is read-only. Check the rights of the data folder.",
                            fallback);
                case 10, 14, 26, 11 ->
                    new Problem(
                            ProblemCode.UNAVAILABLE,
                            "The database cannot be read or written (" + sqlite.getResultCode()
                                    + "). Check the disk and the data folder.",
                            fallback);
                case 19 -> constraint(cause, fallback);
                default -> fallback;
            };
        }
        String state = cause.getSQLState() == null ? "" : cause.getSQLState();
        if (state.startsWith("23")) {
            return constraint(cause, fallback);
        }
        if (state.startsWith("08")
                || state.startsWith("57P")
                || cause instanceof java.sql.SQLTransientConnectionException) {
            return new Problem(
                    ProblemCode.UNAVAILABLE,
                    "The database does not answer. Check that PostgreSQL runs and that LETTA_PG_URI is right, then try again.",
                    fallback);
        }
        if (state.equals("53100")) {
            return new Problem(
                    ProblemCode.STORAGE_FULL,
                    "The disk of the database is full. Nothing of this request was stored.",
                    fallback);
        }
        return fallback;
    }

    /** Whether the same work may succeed when repeated at once: deadlock or serialisation failure. */
    static boolean worthRepeating(RuntimeException failure) {
        SQLException cause = sqlCause(failure);
        return cause != null && ("40P01".equals(cause.getSQLState()) || "40001".equals(cause.getSQLState()));
    }

    /**
     * The driver's failure if it made SQLite roll back the whole transaction by itself: out of memory (7), interrupt (9), I/O (10),
     * corrupt (11), full (13) and busy (5); see "Response To Errors Within A Transaction" in SQLite's documentation.
     */
    static @Nullable SQLException endsTransaction(Throwable failure) {
        if (!(sqlCause(failure) instanceof SQLiteException sqlite)) {
            return null;
        }
        return switch (sqlite.getResultCode().code & 0xff) {
            case 5, 7, 9, 10, 11, 13 -> sqlite;
            default -> null;
        };
    }

    /** What the database said goes to the log, not to the caller: it names tables and columns, not what to do. */
    private static Problem constraint(SQLException cause, RuntimeException fallback) {
        LOG.info("a constraint refused a write: {}", cause.getMessage());
        return new Problem(
                ProblemCode.CONFLICT,
                "CONFLICT: The change contradicts what is stored: a name or label is taken, or something that it points to does not exist.",
                fallback);
    }

    private static @Nullable SQLException sqlCause(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }
}
