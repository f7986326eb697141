package dev.mneme.search;

import static dev.mneme.search.ColumnsSql.id;
import static dev.mneme.search.ColumnsSql.searchable;
import static dev.mneme.search.ColumnsSql.seq;
import static dev.mneme.store.gen.Tables.TOMBSTONE;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.noCondition;

import dev.mneme.search.Position.Cursor;
import dev.mneme.search.Position.Grave;
import dev.mneme.search.Position.Key;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.Condition;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/** Reads from the database what the index follows: passages, messages of users and assistants, pieces of files, tombstones. */
final class FeedSql {
    private static final Set<String> WHOLE_OWNERS = Set.of("archive", "agent", "folder");

    private static final Map<Query.Kind, Prepared> NEXT = new ConcurrentHashMap<>();

    private FeedSql() {}

    /** The next rows of every organisation in order of change, without their contents. */
    static List<Key> keys(Tx everywhere, Query.Kind kind, Cursor after, int limit) {
        return everywhere.list(
                NEXT.computeIfAbsent(kind, FeedSql::next),
                row -> new Key(row.getString(1), row.getLong(2)),
                after.seq(),
                after.seq(),
                after.seq(),
                after.id(),
                limit);
    }

    private static Prepared next(Query.Kind kind) {
        return Prepared.of(sql -> sql.select(id(kind), seq(kind))
                .from(seq(kind).getTable())
                .where(seq(kind).ge(0L))
                .and(seq(kind).gt(0L).or(seq(kind).eq(0L).and(id(kind).gt(""))))
                .and(searchable(kind))
                .orderBy(seq(kind), id(kind))
                .limit(1));
    }

    /** What was deleted after a mark. */
    static List<Grave> graves(Tx tx, long after) {
        return tx.sql()
                .select(TOMBSTONE.CHANGE_SEQ, TOMBSTONE.ENTITY_ID, TOMBSTONE.KIND)
                .from(TOMBSTONE)
                .where(TOMBSTONE.CHANGE_SEQ.gt(after))
                .fetch(row -> new Grave(row.value1(), row.value2(), ofWholeOwner(row.value3())));
    }

    /** Whether a kind of tombstone stands for all entries of an owner. */
    static boolean ofWholeOwner(String kind) {
        return WHOLE_OWNERS.contains(kind);
    }

    /** Forgets tombstones before a mark. The newest stays: its mark says how far the database is. */
    static int dropGraves(Tx tx, long before) {
        return tx.sql().deleteFrom(TOMBSTONE).where(dispensable(before)).execute();
    }

    static boolean hasGraves(Tx tx, long before) {
        return tx.sql().fetchExists(DSL.selectOne().from(TOMBSTONE).where(dispensable(before)));
    }

    private static Condition dispensable(long before) {
        return TOMBSTONE
                .CHANGE_SEQ
                .lt(before)
                .and(TOMBSTONE.CHANGE_SEQ.lt(
                        DSL.select(max(TOMBSTONE.CHANGE_SEQ)).from(TOMBSTONE)));
    }

    /** The newest mark of what the index follows, 0 when there is nothing. */
    static long newest(Tx tx) {
        long newest = newest(tx, TOMBSTONE.CHANGE_SEQ, noCondition());
        for (Query.Kind kind : Query.Kind.values()) {
            newest = Math.max(newest, newest(tx, seq(kind), searchable(kind)));
        }
        return newest;
    }

    private static long newest(Tx tx, TableField<?, Long> seq, Condition which) {
        Long found = tx.sql().select(max(seq)).from(seq.getTable()).where(which).fetchOneInto(Long.class);
        return found == null ? 0 : found;
    }

    /** How many rows of a kind the index should hold. */
    static long count(Tx tx, Query.Kind kind) {
        return tx.sql().fetchCount(tx.sql().selectFrom(seq(kind).getTable()).where(searchable(kind)));
    }

    /** How many rows changed after a mark. */
    static long countAfter(Tx tx, Query.Kind kind, long after) {
        return tx.sql()
                .fetchCount(tx.sql()
                        .selectFrom(seq(kind).getTable())
                        .where(seq(kind).gt(after))
                        .and(searchable(kind)));
    }
}
