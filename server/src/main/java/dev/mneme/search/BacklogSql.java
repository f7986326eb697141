package dev.mneme.search;

import static dev.mneme.search.ColumnsSql.created;
import static dev.mneme.search.ColumnsSql.id;
import static dev.mneme.search.ColumnsSql.organization;
import static dev.mneme.search.ColumnsSql.owner;
import static dev.mneme.search.ColumnsSql.searchable;
import static dev.mneme.search.ColumnsSql.seq;
import static dev.mneme.search.ColumnsSql.texts;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.TOMBSTONE;

import dev.mneme.search.Position.Grave;
import dev.mneme.search.Position.Key;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Reads for one search, within bounds, what the index lacks of its owners. The transaction is of the query's organisation. */
final class BacklogSql {
    /** Owners asked for one by one, each through its own index; for more, the newest rows of all are read and chosen from. */
    private static final int FEW_OWNERS = 8;

    private static final Map<Query.Kind, Prepared> OF_OWNER = new ConcurrentHashMap<>();
    private static final Map<Query.Kind, Prepared> OF_ALL = new ConcurrentHashMap<>();

    private static final Prepared GRAVES =
            Prepared.of(sql -> sql.select(TOMBSTONE.CHANGE_SEQ, TOMBSTONE.ENTITY_ID, TOMBSTONE.KIND)
                    .from(TOMBSTONE)
                    .where(TOMBSTONE.CHANGE_SEQ.gt(0L))
                    .orderBy(TOMBSTONE.CHANGE_SEQ.desc())
                    .limit(1));

    private BacklogSql() {}

    private static Prepared ofOwner(Query.Kind kind) {
        return Prepared.of(sql -> sql.select(id(kind), seq(kind))
                .from(seq(kind).getTable())
                .where(owner(kind).eq(""))
                .and(organization(kind).eq(""))
                .and(seq(kind).gt(0L))
                .and(searchable(kind))
                .orderBy(seq(kind).desc())
                .limit(1));
    }

    /** Of every organisation: the index on the marks knows no other order. */
    private static Prepared ofAll(Query.Kind kind) {
        return Prepared.of(sql -> sql.select(id(kind), seq(kind), owner(kind), organization(kind))
                .from(seq(kind).getTable())
                .where(seq(kind).gt(0L))
                .and(searchable(kind))
                .orderBy(seq(kind).desc())
                .limit(1));
    }

    /**
     * Rows changed after a mark, newest first.
     *
     * @param all whether there are no others
     * @param until no row that is not in the list has a greater mark
     */
    record Newest(List<Key> keys, boolean all, long until) {}

    static List<Grave> graves(Tx tx, long after, int limit) {
        return tx.list(
                GRAVES,
                row -> new Grave(row.getLong(1), row.getString(2), FeedSql.ofWholeOwner(row.getString(3))),
                after,
                limit);
    }

    /** The newest rows of the query's owners. limit: rows read of each of a few owners, or of all together. */
    static Newest newest(Tx tx, Query query, long after, int limit) {
        if (query.owners().isEmpty() || query.owners().size() > FEW_OWNERS) {
            return newestOfAll(tx, query, after, limit);
        }
        List<Key> keys = new ArrayList<>();
        boolean all = true;
        long until = after;
        for (String owner : query.owners()) {
            List<Key> some = tx.list(
                    OF_OWNER.computeIfAbsent(query.kind(), BacklogSql::ofOwner),
                    row -> new Key(row.getString(1), row.getLong(2)),
                    owner,
                    query.organizationId(),
                    after,
                    limit);
            if (some.size() == limit) {
                all = false;
                until = Math.max(until, some.getLast().seq());
            }
            keys.addAll(some);
        }
        keys.sort(Comparator.comparingLong(Key::seq).reversed());
        return new Newest(keys, all, until);
    }

    private static Newest newestOfAll(Tx tx, Query query, long after, int limit) {
        List<Key> keys = new ArrayList<>();
        long[] last = {after};
        int read = tx.list(
                        OF_ALL.computeIfAbsent(query.kind(), BacklogSql::ofAll),
                        row -> {
                            last[0] = row.getLong(2);
                            if (row.getString(4).equals(query.organizationId())
                                    && (query.owners().isEmpty()
                                            || query.owners().contains(row.getString(3)))) {
                                keys.add(new Key(row.getString(1), last[0]));
                            }
                            return true;
                        },
                        after,
                        limit)
                .size();
        return new Newest(keys, read < limit, last[0]);
    }

    /**
     * The newest rows of the query's owners in which one of some patterns occurs, changed after a mark and up to another.
     *
     * @param window rows looked through
     * @param limit rows given, of each owner
     */
    static List<Key> sifted(Tx tx, Query query, List<String> patterns, long after, long until, int window, int limit) {
        if (query.owners().isEmpty() || query.owners().size() > FEW_OWNERS) {
            return sifted(tx, query, patterns, DSL.noCondition(), after, until, window, limit);
        }
        List<Key> keys = new ArrayList<>();
        for (String owner : query.owners()) {
            keys.addAll(sifted(
                    tx,
                    query,
                    patterns,
                    owner(query.kind()).eq(owner).and(tx.own(organization(query.kind()))),
                    after,
                    until,
                    window / query.owners().size(),
                    limit));
        }
        return keys;
    }

    private static List<Key> sifted(
            Tx tx, Query query, List<String> patterns, Condition whose, long after, long until, int window, int limit) {
        Query.Kind kind = query.kind();
        Table<?> rows = tx.sql()
                .select(columns(kind))
                .from(seq(kind).getTable())
                .where(seq(kind).gt(after))
                .and(seq(kind).le(until))
                .and(whose)
                .and(searchable(kind))
                .orderBy(seq(kind).desc())
                .limit(window)
                .asTable("rows_waiting");
        return tx.sql()
                .select(in(rows, id(kind)), in(rows, seq(kind)))
                .from(rows)
                .where(fits(rows, query))
                .and(holdsOne(rows, kind, patterns, tx.sql().family() == SQLDialect.SQLITE))
                .orderBy(in(rows, seq(kind)).desc())
                .limit(limit)
                .fetch(row -> new Key(row.value1(), row.value2()));
    }

    private static List<Field<?>> columns(Query.Kind kind) {
        List<Field<?>> columns =
                new ArrayList<>(List.of(id(kind), seq(kind), owner(kind), organization(kind), created(kind)));
        columns.addAll(texts(kind));
        if (kind == Query.Kind.MESSAGE) {
            columns.add(MESSAGE.ROLE);
        }
        return columns;
    }

    private static <T> Field<T> in(Table<?> rows, Field<T> column) {
        return Objects.requireNonNull(rows.field(column));
    }

    private static Condition fits(Table<?> rows, Query query) {
        Condition fits = in(rows, organization(query.kind())).eq(query.organizationId());
        if (!query.owners().isEmpty()) {
            fits = fits.and(in(rows, owner(query.kind())).in(query.owners()));
        }
        if (query.from() != null) {
            fits = fits.and(in(rows, created(query.kind())).ge(query.from()));
        }
        if (query.until() != null) {
            fits = fits.and(in(rows, created(query.kind())).le(query.until()));
        }
        if (query.kind() == Query.Kind.MESSAGE && !query.roles().isEmpty()) {
            fits = fits.and(in(rows, MESSAGE.ROLE).in(query.roles()));
        }
        return fits;
    }

    /** Without regard to case; on SQLite that is so for ASCII letters. */
    private static Condition holdsOne(Table<?> rows, Query.Kind kind, List<String> patterns, boolean sqlite) {
        Condition one = DSL.falseCondition();
        for (Field<String> text : texts(kind)) {
            for (String pattern : patterns) {
                String like = "%" + pattern + "%";
                one = one.or(sqlite ? in(rows, text).like(like) : in(rows, text).likeIgnoreCase(like));
            }
        }
        return one;
    }
}
