package dev.mneme.search;

import dev.mneme.search.Position.Grave;
import dev.mneme.search.Position.Key;
import dev.mneme.search.Position.Track;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was committed but is not in a view yet, of one query's owners: read from the database at the time of the search.
 *
 * @param fresh rows that fit the query
 * @param stale ids that must not be taken from the index: changed, or deleted
 * @param gone owners whose entries in the index must not be taken
 */
record Backlog(List<Fresh> fresh, Set<String> stale, Set<String> gone) {
    /** Rows held in memory at once while reading: vectors are compared and let go. */
    private static final int BATCH = 1_000;

    /**
     * A row compared with the query.
     *
     * @param cosine NaN without comparable vector
     * @param counts how often each of the query's terms occurs
     * @param length in tokens, 0 when there is no text
     * @param tokens all tokens, stacked ones too
     */
    record Fresh(String id, float cosine, int[] counts, int length, int tokens) {}

    /** everywhere: a transaction without tenant filter; rows of other organisations are passed over. */
    static Backlog read(Tx everywhere, Probe probe, Words words, Position position) {
        Query query = probe.query();
        Track track = position.of(query.kind());
        Set<String> stale = new HashSet<>();
        Set<String> gone = new HashSet<>();
        for (Grave grave : FeedSql.graves(everywhere, position.graves().floor())) {
            Key key = grave.key();
            if (!position.graves().holds(key.id(), key.seq())) {
                (grave.wholeOwner() ? gone : stale).add(grave.entityId());
            }
        }
        List<String> ids = new ArrayList<>();
        for (Key key : FeedSql.keys(everywhere, query, track.floor())) {
            if (!track.holds(key.id(), key.seq())) {
                ids.add(key.id());
                stale.add(key.id());
            }
        }
        List<Fresh> fresh = new ArrayList<>(ids.size());
        for (int from = 0; from < ids.size(); from += BATCH) {
            for (Entry entry :
                    FeedSql.rows(everywhere, query.kind(), ids.subList(from, Math.min(ids.size(), from + BATCH)))) {
                if (entry.fits(query)) {
                    fresh.add(compare(entry, probe, words));
                }
            }
        }
        return new Backlog(fresh, stale, gone);
    }

    private static Fresh compare(Entry entry, Probe probe, Words words) {
        float cosine = probe.cosine(entry);
        int[] counts = new int[probe.terms().size()];
        if (counts.length == 0 || entry.text().isBlank()) {
            return new Fresh(entry.id(), cosine, counts, 0, 0);
        }
        Words.Counted counted = words.count(entry.text());
        Map<String, Integer> terms = counted.terms();
        for (int i = 0; i < counts.length; i++) {
            counts[i] = terms.getOrDefault(probe.terms().get(i), 0);
        }
        return new Fresh(entry.id(), cosine, counts, counted.length(), counted.tokens());
    }
}
