package dev.mneme.tool;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which tools a list shows (contract 05 §2). Empty lists and nulls do not filter.
 *
 * @param search part of the name, in any case
 * @param toolTypes words of {@link ToolType}
 * @param baseOnly only the server's own tools
 * @param noBase none of the server's own tools
 * @param before an id: the page that ends just before it; unknown: ignored
 * @param after an id: the page that begins just after it; unknown: ignored
 * @param limit rows, 0 or more
 */
public record ToolFilter(
        @Nullable String name,
        List<String> names,
        List<String> ids,
        @Nullable String search,
        List<String> toolTypes,
        List<String> excludeToolTypes,
        boolean baseOnly,
        boolean noBase,
        @Nullable String before,
        @Nullable String after,
        int limit,
        boolean ascending) {
    /** The list's default page (contract 05 §2). */
    public static final int DEFAULT_LIMIT = 50;

    /** The default page of an agent's tools (contract 01 §7). */
    public static final int AGENT_LIMIT = 10;

    public static final ToolFilter ALL = page(null, null, Integer.MAX_VALUE, true);

    /** A page without any other filter. */
    public static ToolFilter page(@Nullable String before, @Nullable String after, int limit, boolean ascending) {
        return new ToolFilter(
                null, List.of(), List.of(), null, List.of(), List.of(), false, false, before, after, limit, ascending);
    }
}
