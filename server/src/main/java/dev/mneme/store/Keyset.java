package dev.mneme.store;

import java.util.List;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.SortField;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * A page of rows ordered by (time, id), with cursors that are ids. A cursor that names no row of the organisation counts as none
 * (contract 01 §6). Immutable.
 */
public final class Keyset {
    /** A limit that takes every row. */
    public static final int ALL = Integer.MAX_VALUE;

    private final Columns columns;
    private final Condition condition;
    private final boolean rising;
    private final boolean turned;

    private Keyset(Columns columns, Condition condition, boolean rising, boolean turned) {
        this.columns = columns;
        this.condition = condition;
        this.rising = rising;
        this.turned = turned;
    }

    /** A place in a list. */
    public record Mark(long time, String id) {}

    /** What a table's rows are ordered by, and whose they are. */
    public record Columns(
            Table<?> table, Field<Long> time, TableField<?, String> id, TableField<?, String> organization) {
        /** Where the row with this id stands; null: there is none in this organisation. */
        public @Nullable Mark mark(Tx tx, @Nullable String cursor) {
            if (cursor == null) {
                return null;
            }
            Long found = tx.sql()
                    .select(time)
                    .from(table)
                    .where(id.eq(cursor))
                    .and(tx.own(organization))
                    .fetchOne(time);
            return found == null ? null : new Mark(found, cursor);
        }

        /** Rows after the mark in time; null: all. */
        public Condition later(@Nullable Mark mark) {
            return mark == null ? DSL.noCondition() : DSL.row(time, id).gt(mark.time, mark.id);
        }

        /** Rows before the mark in time; null: all. */
        public Condition earlier(@Nullable Mark mark) {
            return mark == null ? DSL.noCondition() : DSL.row(time, id).lt(mark.time, mark.id);
        }
    }

    /** Everything, from one end. */
    public static Keyset from(Columns columns, boolean ascending) {
        return new Keyset(columns, DSL.noCondition(), ascending, false);
    }

    /**
     * Cursors relative to the order: {@code after} is what follows it, {@code before} what precedes it, adjacent to it (contract 12 §1; that
     * the retired server cut {@code before} from the start is not copied).
     */
    public static Keyset of(
            Tx tx, Columns columns, @Nullable String after, @Nullable String before, boolean ascending) {
        Mark follows = columns.mark(tx, after);
        Mark precedes = columns.mark(tx, before);
        Condition condition = ascending
                ? columns.later(follows).and(columns.earlier(precedes))
                : columns.earlier(follows).and(columns.later(precedes));
        // With before alone the rows are read from the cursor backwards and turned round, so that the page is the
        // adjacent one.
        boolean turned = precedes != null && follows == null;
        return new Keyset(columns, condition, ascending != turned, turned);
    }

    /** Cursors in time whatever the order: {@code after} is newer, {@code before} older; read from the end that the order names. */
    public static Keyset inTime(
            Tx tx, Columns columns, @Nullable String after, @Nullable String before, boolean ascending) {
        return new Keyset(
                columns,
                columns.later(columns.mark(tx, after)).and(columns.earlier(columns.mark(tx, before))),
                ascending,
                false);
    }

    /** Runs the query as this page, in the order asked for; at most limit rows. */
    public <R extends Record> List<R> page(SelectConditionStep<R> query, int limit) {
        List<R> rows = query.and(condition)
                .orderBy(order(columns.time), order(columns.id))
                .limit(limit)
                .fetch();
        return turned ? rows.reversed() : rows;
    }

    private <T> SortField<T> order(Field<T> column) {
        return rising ? column.asc() : column.desc();
    }
}
