package dev.mneme.search;

import dev.mneme.search.Position.Grave;
import dev.mneme.search.Position.Key;
import dev.mneme.search.Position.Track;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was committed but is not in a view yet, of one query's owners: read from the database at the time of the search.
 *
 * <p>Up to {@value #MOST_ROWS} rows: all of them. Of more, the newest, and of {@value #SIFTED_ROWS} older ones those in which a rare word
 * of the query occurs: an index so far behind must not make a search slow (decision 0011). Then what is taken from the view has to be
 * {@link #checked}, since not every changed row is known.
 *
 * @param fresh rows that fit the query
 * @param stale ids that must not be taken from the index: changed, or deleted
 * @param gone owners whose entries in the index must not be taken
 * @param whole whether all is in here that the view lacks
 */
record Backlog(List<Fresh> fresh, Set<String> stale, Set<String> gone, boolean whole) {
    /** Rows read and compared at most: some 20 ms of processor time at 60 words and 1,536 dimensions. */
    static final int MOST_ROWS = 1_000;

    /** Older rows looked through by the database for the query's words: some 11 ms. */
    static final int SIFTED_ROWS = 4_000;

    /** Of those, rows read and compared at most, the newest: some 3 ms. */
    private static final int MOST_SIFTED = 200;

    /** Ids with marks read at most, those included that the view holds already: 2 ms a thousand. */
    private static final int MOST_KEYS = 10_000;

    /** Rows held in memory at once while reading: vectors are compared and let go. */
    private static final int BATCH = 200;

    /** Characters of text after which no more rows are read: some 20 ms. */
    private static final long MOST_CHARACTERS = 1_000_000;

    /** Characters that the database looks through: fewer rows when texts are long. */
    private static final long SIFTED_CHARACTERS = 2_000_000;

    /**
     * A row compared with the query.
     *
     * @param cosine NaN without comparable vector
     * @param counts how often each of the query's terms occurs
     * @param length in tokens, 0 when there is no text
     * @param tokens all tokens, stacked ones too
     * @param typical false when it was chosen for its words: then it says nothing about how frequent they are
     */
    record Fresh(String id, float cosine, int[] counts, int length, int tokens, boolean typical) {}

    /** tx: of the query's organisation. */
    static Backlog read(Tx tx, Probe probe, Words words, Position position) {
        Query query = probe.query();
        Track track = position.of(query.kind());
        Set<String> stale = new HashSet<>();
        Set<String> gone = new HashSet<>();
        List<Grave> graves = BacklogSql.graves(tx, position.graves().floor(), MOST_KEYS);
        for (Grave grave : graves) {
            Key key = grave.key();
            if (!position.graves().holds(key.id(), key.seq())) {
                (grave.wholeOwner() ? gone : stale).add(grave.entityId());
            }
        }
        int limit = Math.min(MOST_ROWS + track.recent().size() + 1, MOST_KEYS);
        BacklogSql.Newest newest = BacklogSql.newest(tx, query, track.floor(), limit);
        List<Key> waiting = new ArrayList<>();
        for (Key key : newest.keys()) {
            if (!track.holds(key.id(), key.seq())) {
                waiting.add(key);
                stale.add(key.id());
            }
        }
        Reading reading = new Reading(tx, probe, words);
        int read = reading.newest(waiting);
        boolean all = newest.all() && read == waiting.size();
        if (!all && !probe.terms().isEmpty()) {
            long until = read < waiting.size() ? waiting.get(read).seq() : newest.until();
            reading.sifted(track, until, stale);
        }
        return new Backlog(reading.fresh, stale, gone, all && graves.size() < MOST_KEYS);
    }

    /** The same with what the database says now of some rows that the view holds: those that changed since are stale, and compared anew. */
    Backlog checked(Tx tx, Probe probe, Words words, Position position, Collection<String> ids) {
        Track track = position.of(probe.query().kind());
        List<String> unknown = ids.stream().filter(id -> !stale.contains(id)).toList();
        Map<String, Long> marks = EntrySql.marks(tx, probe.query().kind(), unknown);
        Set<String> staleNow = new HashSet<>(stale);
        List<String> changed = new ArrayList<>();
        for (String id : unknown) {
            Long seq = marks.get(id);
            if (seq == null) {
                staleNow.add(id);
            } else if (seq > track.floor() && !track.holds(id, seq)) {
                staleNow.add(id);
                changed.add(id);
            }
        }
        Reading reading = new Reading(tx, probe, words);
        reading.fresh.addAll(fresh);
        reading.compare(changed, false);
        return new Backlog(reading.fresh, staleNow, gone, whole);
    }

    private static List<String> ids(List<Key> keys) {
        return keys.stream().map(Key::id).toList();
    }

    /** Reads rows and compares them with the query. */
    private static final class Reading {
        final List<Fresh> fresh = new ArrayList<>();
        private final Tx tx;
        private final Probe probe;
        private final Words words;
        private long characters;

        Reading(Tx tx, Probe probe, Words words) {
            this.tx = tx;
            this.probe = probe;
            this.words = words;
        }

        /** As many as the bounds allow; returns how many. */
        int newest(List<Key> waiting) {
            int read = 0;
            while (read < Math.min(waiting.size(), MOST_ROWS) && characters < MOST_CHARACTERS) {
                int end = Math.min(read + BATCH, waiting.size());
                compare(ids(waiting.subList(read, end)), true);
                read = end;
            }
            return read;
        }

        /** Of the rows before those that were read, changed up to a mark, some that hold words of the query. */
        void sifted(Track track, long until, Set<String> stale) {
            List<String> parts = Sift.parts(probe, fresh, words);
            long rows = SIFTED_CHARACTERS * fresh.size() / Math.max(1, characters);
            Set<String> known = new HashSet<>();
            fresh.forEach(row -> known.add(row.id()));
            List<String> some = new ArrayList<>();
            for (Key key : BacklogSql.sifted(
                    tx,
                    probe.query(),
                    parts,
                    track.floor(),
                    until,
                    (int) Math.clamp(rows, MOST_SIFTED, SIFTED_ROWS),
                    MOST_SIFTED)) {
                if (!track.holds(key.id(), key.seq()) && known.add(key.id())) {
                    some.add(key.id());
                    stale.add(key.id());
                }
            }
            compare(some, false);
        }

        void compare(List<String> ids, boolean typical) {
            for (int from = 0; from < ids.size(); from += BATCH) {
                List<String> some = ids.subList(from, Math.min(ids.size(), from + BATCH));
                for (Entry entry : EntrySql.rows(tx, probe.query().kind(), some, probe.target() != null)) {
                    if (entry.fits(probe.query())) {
                        fresh.add(compare(entry, typical));
                        characters += entry.text().length();
                    }
                }
            }
        }

        private Fresh compare(Entry entry, boolean typical) {
            float cosine = probe.cosine(entry);
            int[] counts = new int[probe.terms().size()];
            if (counts.length == 0 || entry.text().isBlank()) {
                return new Fresh(entry.id(), cosine, counts, 0, 0, typical);
            }
            Words.Size size = words.count(entry.text(), probe.places(), counts);
            return new Fresh(entry.id(), cosine, counts, size.length(), size.tokens(), typical);
        }
    }
}
