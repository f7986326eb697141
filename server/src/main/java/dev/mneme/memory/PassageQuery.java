package dev.mneme.memory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to look for among passages.
 *
 * @param text what they should be about; null or blank: only the filters count
 * @param tags empty: no filter
 * @param allTags every tag must be there, otherwise any
 * @param from microseconds, inclusive, null: open; likewise until
 * @param limit hits, cut to 1 … {@value #MOST}
 */
public record PassageQuery(
        @Nullable String text,
        List<String> tags,
        boolean allTags,
        @Nullable Long from,
        @Nullable Long until,
        int limit) {
    /** Hits of one search: what the index gives at most. */
    public static final int MOST = 1_000;

    public PassageQuery {
        tags = List.copyOf(tags);
        limit = Math.clamp(limit, 1, MOST);
    }

    public static PassageQuery of(String text, int limit) {
        return new PassageQuery(text, List.of(), false, null, null, limit);
    }

    boolean isBlank() {
        return text == null || text.isBlank();
    }
}
