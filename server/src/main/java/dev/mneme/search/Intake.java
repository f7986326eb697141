package dev.mneme.search;

import dev.mneme.search.Position.Cursor;
import dev.mneme.search.Position.Grave;
import dev.mneme.search.Position.Key;
import dev.mneme.search.Position.Track;
import dev.mneme.store.Db;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.lucene.index.Term;

/** One look at the database after another, each taking what changed into a {@link Shelf}. Owned by the feed's thread. */
final class Intake {
    /**
     * How much later than its change_seq says a row may be committed and still be found, µs. PostgreSQL: longer transactions do not
     * occur. SQLite has one writer, so marks given inside a transaction are in order; this is for those given before it.
     */
    private static final long OVERLAP_POSTGRES_MICROS = 10_000_000;

    private static final long OVERLAP_SQLITE_MICROS = 1_000_000;

    /** Rows read in one transaction: 6 MB of vectors of 1,536 dimensions. */
    private static final int BATCH = 1_000;

    /** Longest a look goes on before what it took in is shown, ms. */
    private static final long LOOK_MS = 1_000;

    private final Db db;
    private final Shelf shelf;
    private final BooleanSupplier stopping;
    private final long overlap;
    private Position taken;
    private boolean changed;
    private boolean more;

    Intake(Db db, Shelf shelf, BooleanSupplier stopping) {
        this.db = db;
        this.shelf = shelf;
        this.stopping = stopping;
        this.overlap = db.alone() ? OVERLAP_SQLITE_MICROS : OVERLAP_POSTGRES_MICROS;
        this.taken = shelf.durable();
    }

    /** Takes in what it can in a second. */
    void look() throws IOException {
        changed = false;
        more = false;
        long settled = db.clock().next() - overlap;
        long end = System.nanoTime() + LOOK_MS * 1_000_000;
        // Graves first, so that a row that came back under its old id stays.
        Track graves = bury(settled);
        Track passages = read(Query.Kind.PASSAGE, settled, end);
        Track messages = read(Query.Kind.MESSAGE, settled, end);
        Track filePassages = read(Query.Kind.FILE_PASSAGE, settled, end);
        taken = new Position(passages, messages, filePassages, graves);
    }

    /** How far the shelf is now. */
    Position taken() {
        return taken;
    }

    /** Whether the last look changed the shelf. */
    boolean changed() {
        return changed;
    }

    /** Whether the last look ended before it had read everything. */
    boolean more() {
        return more;
    }

    private Track bury(long settled) throws IOException {
        Track track = taken.graves();
        // An index that begins holds nothing to forget, and the rows read later are those that live.
        boolean begins = taken.equals(Position.NOTHING);
        List<Term> terms = new ArrayList<>();
        Map<String, Long> seen = new HashMap<>();
        for (Grave grave : db.everywhere().read(tx -> FeedSql.graves(tx, track.floor()))) {
            Key key = grave.key();
            if (!track.holds(key.id(), key.seq())) {
                seen.put(key.id(), key.seq());
                if (begins) {
                    continue;
                }
                terms.add(grave.wholeOwner() ? Layout.byOwner(grave.entityId()) : Layout.byId(grave.entityId()));
            }
        }
        if (!terms.isEmpty()) {
            shelf.remove(terms);
            changed = true;
        }
        return track.moved(seen, settled);
    }

    private Track read(Query.Kind kind, long settled, long end) throws IOException {
        Track track = taken.of(kind);
        Map<String, Long> seen = new HashMap<>();
        Cursor cursor = Cursor.after(track.floor());
        while (true) {
            Cursor from = cursor;
            List<Key> keys = new ArrayList<>(BATCH);
            List<Entry> rows = db.everywhere().read(tx -> {
                keys.addAll(FeedSql.keys(tx, kind, from, BATCH));
                return EntrySql.rows(tx, kind, missing(keys, track), true);
            });
            shelf.put(rows);
            for (Entry row : rows) {
                seen.put(row.id(), row.seq());
            }
            changed |= !rows.isEmpty();
            if (keys.size() < BATCH) {
                return track.moved(seen, settled);
            }
            Key last = keys.getLast();
            cursor = new Cursor(last.seq(), last.id());
            if (System.nanoTime() > end || stopping.getAsBoolean()) {
                more = true;
                return track.moved(seen, Math.min(settled, last.seq() - 1));
            }
        }
    }

    private static List<String> missing(List<Key> keys, Track track) {
        List<String> missing = new ArrayList<>();
        for (Key key : keys) {
            if (!track.holds(key.id(), key.seq())) {
                missing.add(key.id());
            }
        }
        return missing;
    }
}
