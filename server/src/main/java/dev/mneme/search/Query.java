package dev.mneme.search;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One search.
 *
 * @param kind what to look among
 * @param owners archive ids (passages), agent ids (messages) or folder ids (pieces of files); empty: the whole organisation
 * @param text the words; blank is allowed only with a vector
 * @param vector null: keyword search only
 * @param vectorName the embedder's name; vectors of others are not compared
 * @param mode which halves to use
 * @param tags passages only; empty: no filter
 * @param allTags every tag must be there; otherwise any
 * @param roles messages only; empty: all
 * @param from microseconds, inclusive, null: open
 * @param until microseconds, inclusive, null: open
 * @param limit hits, 1 to 1000
 */
public record Query(
        Kind kind,
        String organizationId,
        Set<String> owners,
        String text,
        float @Nullable [] vector,
        @Nullable String vectorName,
        Mode mode,
        List<String> tags,
        boolean allTags,
        Set<String> roles,
        @Nullable Long from,
        @Nullable Long until,
        int limit) {
    public enum Kind {
        PASSAGE,
        MESSAGE,
        /** A piece of a file in a folder. */
        FILE_PASSAGE
    }

    public enum Mode {
        HYBRID,
        VECTOR,
        TEXT
    }
}
