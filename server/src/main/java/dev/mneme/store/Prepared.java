package dev.mneme.store;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.Query;
import org.jooq.SQLDialect;

/**
 * A statement of the hot path: written in jOOQ like any other, but rendered only once for each database; after that a call binds its
 * values and runs. Rendering costs jOOQ some 100 µs a statement, which is most of what a short message costs. Thread-safe; make it once.
 *
 * <p>The shape is built with throw-away values of the right types; a call gives the real ones in the order in which their
 * placeholders stand in the SQL. Only values vary: what changes the text of the statement needs a statement of its own.
 */
public final class Prepared {
    private final Function<DSLContext, Query> shape;
    private final Map<SQLDialect, String> rendered = new ConcurrentHashMap<>();

    private Prepared(Function<DSLContext, Query> shape) {
        this.shape = shape;
    }

    public static Prepared of(Function<DSLContext, Query> shape) {
        return new Prepared(shape);
    }

    String text(SQLDialect dialect, Supplier<DSLContext> sql) {
        String known = rendered.get(dialect);
        return known != null
                ? known
                : rendered.computeIfAbsent(
                        dialect, fresh -> shape.apply(sql.get()).getSQL());
    }
}
