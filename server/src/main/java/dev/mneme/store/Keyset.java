package dev.mneme.store;

import java.util.List;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record2;
import org.jooq.SortField;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * A page of rows ordered by (time, id), with cursors that are ids: {@code after} is what follows it in the chosen order, {@code before}
 * what precedes it, adjacent to it (contract 12 §1; that the retired server cut {@code before} from the start is not copied).
 *
 * <p>Use: {@code where(keyset.condition(…)).orderBy(keyset.order(time), keyset.order(id)).limit(n)}, then {@link #inOrder}.
 */
public record Keyset(@Nullable String after, @Nullable String before, boolean ascending) {
    public static Keyset of(@Nullable String after, @Nullable String before, boolean ascending) {
        return new Keyset(after, before, ascending);
    }

    /** Whether rows are read against the chosen order: the page lies before its cursor. */
    private boolean backwards() {
        return before != null && after == null;
    }

    /** The cursors as a condition. A cursor that names no row is ignored. */
    public <R extends org.jooq.Record> Condition condition(
            Tx tx, Table<R> table, TableField<R, Long> time, TableField<R, String> id) {
        Condition out = DSL.noCondition();
        if (after != null) {
            out = out.and(beyond(tx.sql(), table, time, id, after, ascending));
        }
        if (before != null) {
            out = out.and(beyond(tx.sql(), table, time, id, before, !ascending));
        }
        return out;
    }

    private static <R extends org.jooq.Record> Condition beyond(
            DSLContext sql,
            Table<R> table,
            TableField<R, Long> time,
            TableField<R, String> id,
            String cursor,
            boolean up) {
        Record2<Long, String> at =
                sql.select(time, id).from(table).where(id.eq(cursor)).fetchOne();
        if (at == null) {
            return DSL.noCondition();
        }
        return up
                ? DSL.row(time, id).gt(at.value1(), at.value2())
                : DSL.row(time, id).lt(at.value1(), at.value2());
    }

    /** The order to read in. */
    public <T> SortField<T> order(TableField<?, T> column) {
        return ascending != backwards() ? column.asc() : column.desc();
    }

    /** Rows as read, turned into the chosen order. */
    public <T> List<T> inOrder(List<T> rows) {
        return backwards() ? rows.reversed() : rows;
    }
}
