package dev.mneme.http;

import java.util.List;

/** The query parameters that lists share (contract 12.1). */
final class Paging {
    static final Param<String> BEFORE =
            Param.text("before", "an id: the page that ends just before it in the order asked for");
    static final Param<String> AFTER =
            Param.text("after", "an id: the page that begins just after it in the order asked for");
    static final Param<String> DESC = order("desc");
    static final Param<String> ASC = order("asc");
    static final Param<String> ORDER_BY =
            Param.choice("order_by", "created_at", List.of("created_at"), "what to sort by");
    /** The deprecated spelling of order. */
    static final Param<Boolean> ASCENDING = Param.maybe("ascending", "older spelling of order");

    private Paging() {}

    private static Param<String> order(String standard) {
        return Param.choice("order", standard, List.of("asc", "desc"), "oldest or newest first");
    }

    /** At most this many rows. */
    static Param<Integer> limit(int standard) {
        return limit(standard, 0, Integer.MAX_VALUE);
    }

    static Param<Integer> limit(int standard, int least, int most) {
        return Param.whole("limit", standard, least, most, "rows at most");
    }

    /** Whether the page is oldest first; order wins over the deprecated spelling. */
    static boolean ascending(Call call, Param<String> order) {
        Boolean older = call.has(order) ? null : call.maybe(ASCENDING);
        return older == null ? call.at(order).equals("asc") : older;
    }
}
