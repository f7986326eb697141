package dev.mneme.search;

/**
 * How the search index behaves.
 *
 * @param ramBufferMb text and vectors held in memory before a segment is written, MB
 * @param pauseMs shortest time between two looks for new rows, ms: many small writes share one refresh. Searches do not depend on it
 * @param pollMs longest time between two looks, ms: finds what was committed without a nudge, such as by another server
 * @param commitMs how often the index is made durable while it changes, ms; what is lost in a crash is read again from the database
 */
public record SearchOptions(int ramBufferMb, long pauseMs, long pollMs, long commitMs) {
    /** What a server uses: 48 MB hold about 8,000 vectors of 1,536 dimensions. */
    public static SearchOptions usual() {
        return new SearchOptions(48, 500, 5_000, 15_000);
    }
}
