package dev.mneme.memory;

import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.row;

import dev.mneme.store.Tx;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.Table;
import org.jooq.TableField;
import org.jspecify.annotations.Nullable;

/** Paging by key (time, id) instead of by offset, and substring filters: shared by the queries of this room. */
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

    /** Runs the query as one page with cursors that are relative to its order. */
    static <R extends Record> List<R> page(
            SelectConditionStep<R> query,
            Field<Long> time,
            Field<String> id,
            Page page,
            @Nullable Mark after,
            @Nullable Mark before) {
        boolean ascending = page.ascending();
        if (after != null) {
            query = query.and(ascending ? later(time, id, after) : earlier(time, id, after));
        }
        if (before != null) {
            query = query.and(ascending ? earlier(time, id, before) : later(time, id, before));
        }
        // Only `before`: the rows next to the cursor, so read backwards from it and turn the page round.
        boolean backwards = before != null && after == null;
        List<R> rows = run(query, time, id, ascending != backwards, page.limit());
        if (backwards) {
            Collections.reverse(rows);
        }
        return rows;
    }

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
