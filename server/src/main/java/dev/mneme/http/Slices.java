package dev.mneme.http;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Pages of short lists that are whole in memory. Pure. */
final class Slices {
    private Slices() {}

    /** The page of a sorted list; unknown cursors are ignored. limit 0: everything. */
    static <T> List<T> page(
            List<T> sorted, Function<T, String> id, @Nullable String before, @Nullable String after, int limit) {
        List<String> ids = sorted.stream().map(id).toList();
        int start = after == null ? 0 : ids.indexOf(after) + 1;
        int end = before == null || !ids.contains(before) ? ids.size() : ids.indexOf(before);
        if (start >= end) {
            return List.of();
        }
        List<T> window = sorted.subList(start, end);
        if (limit == 0 || window.size() <= limit) {
            return window;
        }
        return before != null && after == null
                ? window.subList(window.size() - limit, window.size())
                : window.subList(0, limit);
    }
}
