package dev.mneme.search;

import java.util.List;

/**
 * The search index over passages and messages. Thread-safe. The database is the truth: the index follows it (by change_seq) and can be
 * rebuilt. A search sees everything committed before it began, also what the index has not taken in yet; of very much of that, the newest
 * and what holds the query's rare words. It never shows what was changed or deleted.
 */
public interface Index extends AutoCloseable {
    /** Ranked hits, best first, at most {@code query.limit()}. */
    List<Hit> search(Query query);

    /** Tells that something was committed; returns at once. */
    void nudge();

    IndexStatus status();

    /**
     * By how many rows it differs from the database, apart from those that wait to be taken in; 0 while it is rebuilt. Counts rows: it takes as long as reading an
     * index of each table.
     */
    long amiss();

    /** Forgets everything and takes the database in anew, behind the answer; searches read the database meanwhile. */
    void rebuild();

    @Override
    void close();

    /**
     * A hit. Rows are found by what their change_seq says is new: whoever writes a message's vector gives the message a new change_seq in
     * the same transaction. score: fused and normalised to 0..1, larger is better. ranks: 1-based place in each list, 0 when it was in only one of them.
     */
    record Hit(String id, double score, int textRank, int vectorRank) {}

    /**
     * How far the index is.
     *
     * @param kinds each kind of entry
     * @param rebuilding whether it is being built from nothing
     * @param linking whether graphs are being built or segments merged: searches scan meanwhile what has no graph
     */
    record IndexStatus(List<Held> kinds, boolean rebuilding, boolean linking, String folder) {
        /** Rows in it. */
        public long held() {
            return kinds.stream().mapToLong(Held::held).sum();
        }

        /** Rows committed and not in it yet. */
        public long waiting() {
            return kinds.stream().mapToLong(Held::waiting).sum();
        }
    }

    /**
     * How far the index is with one kind of entry.
     *
     * @param kind passage or message
     * @param held rows in it
     * @param waiting rows committed and not in it yet: searches read them from the database, or of very many the newest (decision 0011)
     */
    record Held(String kind, long held, long waiting) {}
}
