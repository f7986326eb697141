package dev.mneme.memory;

import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.row;

import dev.mneme.store.Keyset;
import dev.mneme.store.Tx;
import java.util.List;
import java.util.Locale;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.Table;
import org.jooq.TableField;
import org.jspecify.annotations.Nullable;

/** Pages by key (time, id), cursors in time, substring filters: shared by the queries of this room. */
final class KeysetSql {
    private KeysetSql() {}

    /** A place in a list. */
    record Mark(long time, String id) {}

    /** Where the row with this id stands; null: there is none in this organisation. */
    static @Nullable Mark mark(
            Tx tx,
            Table<?> table,
            TableField<?, Long> time,
            TableField<?, String> idColumn,
            TableField<?, String> organization,
            @Nullable String id) {
        if (id == null) {
            return null;
        }
        Long found = tx.sql()
                .select(time)
                .from(table)
                .where(idColumn.eq(id))
                .and(tx.own(organization))
                .fetchOneInto(Long.class);
        return found == null ? null : new Mark(found, id);
    }

    static Condition later(Field<Long> time, Field<String> id, Mark mark) {
        return row(time, id).gt(mark.time, mark.id);
    }

    static Condition earlier(Field<Long> time, Field<String> id, Mark mark) {
        return row(time, id).lt(mark.time, mark.id);
    }

    /** Runs the query as one page of its table, with cursors that are relative to its order; unknown ones are ignored. */
    static <T extends Record, R extends Record> List<R> page(
            Tx tx,
            SelectConditionStep<R> query,
            Table<T> table,
            TableField<T, Long> time,
            TableField<T, String> id,
            TableField<T, String> organization,
            Page page) {
        Keyset keyset = Keyset.of(
                known(tx, table, time, id, organization, page.after()),
                known(tx, table, time, id, organization, page.before()),
                page.ascending());
        var ordered = query.and(keyset.condition(tx, table, time, id)).orderBy(keyset.order(time), keyset.order(id));
        return keyset.inOrder(
                page.limit() == 0
                        ? ordered.fetch()
                        : ordered.limit(page.limit()).fetch());
    }

    private static <T extends Record> @Nullable String known(
            Tx tx,
            Table<T> table,
            TableField<T, Long> time,
            TableField<T, String> id,
            TableField<T, String> organization,
            @Nullable String cursor) {
        return mark(tx, table, time, id, organization, cursor) == null ? null : cursor;
    }

    /** Runs the query from one end, at most so many rows; 0: all. */
    static <R extends Record> List<R> run(
            SelectConditionStep<R> query, Field<Long> time, Field<String> id, boolean ascending, int limit) {
        var ordered = ascending ? query.orderBy(time.asc(), id.asc()) : query.orderBy(time.desc(), id.desc());
        return limit == 0 ? ordered.fetch() : ordered.limit(limit).fetch();
    }

    /** Substring without regard to case. SQLite folds only ASCII, so other scripts are tried in their usual spellings. */
    static Condition contains(Field<String> field, @Nullable String needle) {
        if (needle == null || needle.isEmpty()) {
            return noCondition();
        }
        Condition found = field.containsIgnoreCase(needle);
        if (needle.codePoints().anyMatch(c -> c > 127)) {
            String lower = needle.toLowerCase(Locale.ROOT);
            int first = lower.offsetByCodePoints(0, 1);
            found = found.or(field.contains(lower))
                    .or(field.contains(needle.toUpperCase(Locale.ROOT)))
                    .or(field.contains(lower.substring(0, first).toUpperCase(Locale.ROOT) + lower.substring(first)));
        }
        return found;
    }

    /** Text without NUL, which PostgreSQL cannot store and nobody means. */
    static String clean(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace("\0", "");
    }

    static @Nullable String cleanOrNull(@Nullable String text) {
        return text == null ? null : clean(text);
    }
}
