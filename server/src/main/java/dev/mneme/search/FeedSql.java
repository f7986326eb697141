package dev.mneme.search;

import static dev.mneme.search.ColumnsSql.id;
import static dev.mneme.search.ColumnsSql.organization;
import static dev.mneme.search.ColumnsSql.searchable;
import static dev.mneme.search.ColumnsSql.seq;
import static dev.mneme.store.gen.Tables.TOMBSTONE;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.noCondition;

import dev.mneme.search.Position.Cursor;
import dev.mneme.search.Position.Grave;
import dev.mneme.search.Position.Key;
import dev.mneme.store.Tx;
import java.util.List;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/** Reads from the database what the index follows: passages, messages of users and assistants, pieces of files, tombstones. */
final class FeedSql {
    private static final Set<String> WHOLE_OWNERS = Set.of("archive", "agent", "folder");

    private FeedSql() {}

    /** The next rows in order of change, without their contents. */
    static List<Key> keys(Tx tx, Query.Kind kind, Cursor after, int limit) {
        TableField<?, Long> seq = seq(kind);
        TableField<?, String> id = id(kind);
        Condition later = after.id() == null
                ? seq.gt(after.seq())
                : seq.gt(after.seq()).or(seq.eq(after.seq()).and(id.gt(after.id())));
        return tx.sql()
                .select(id, seq)
                .from(seq.getTable())
                .where(seq.ge(after.seq()))
                .and(later)
                .and(searchable(kind))
                .and(tx.own(organization(kind)))
                .orderBy(seq, id)
                .limit(limit)
                .fetch(row -> new Key(row.value1(), row.value2()));
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
