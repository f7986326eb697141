package dev.mneme.memory;

import dev.mneme.base.Problem;
import dev.mneme.store.Keyset;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list that is ordered by time of creation, then id.
 *
 * <p>Cursors are relative to the order asked for: after names the row that the page follows, before the row that the page
 * ends next to. An unknown cursor is ignored (contract 01 §6).
 *
 * @param limit rows; 0: no limit
 * @param ascending oldest first
 */
public record Page(@Nullable String before, @Nullable String after, int limit, boolean ascending) {
    public Page {
        if (limit < 0) {
            throw Problem.unprocessable("limit must be 0 or greater, not " + limit);
        }
    }

    /** How many rows the page takes at most. */
    public int rows() {
        return limit == 0 ? Keyset.ALL : limit;
    }

    /** Everything, oldest first. */
    public static final Page ALL = new Page(null, null, 0, true);

    public static Page of(int limit, boolean ascending) {
        return new Page(null, null, limit, ascending);
    }
}
