package dev.mneme.http;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.Json;
import dev.mneme.memory.ToolSearch;
import dev.mneme.wire.FoundTool;
import dev.mneme.wire.SearchTools;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finding tools by words and by meaning (contract 05 §2). */
final class ToolSearchRoutes {
    private static final int USUAL_HITS = 50;
    private static final int MOST_HITS = 100;

    private final ToolSearch search;

    ToolSearchRoutes(ToolSearch search) {
        this.search = search;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/v1/tools/search", "Tools by words and meaning of their names and descriptions, best first")
                        .reach(Route.Reach.READ)
                        .body(SearchTools.class)
                        .givesList(FoundTool.class)
                        .by(this::find));
    }

    private Answer find(Call call) {
        SearchTools wanted = call.closedBody(SearchTools.class);
        int limit = wanted.limit() == null ? USUAL_HITS : wanted.limit();
        if (limit < 1 || limit > MOST_HITS) {
            throw new Invalid(new Invalid.Fault(
                    limit < 1 ? "greater_than_equal" : "less_than_equal",
                    List.of("body", "limit"),
                    "Input should be "
                            + (limit < 1 ? "greater than or equal to 1" : "less than or equal to " + MOST_HITS),
                    Json.tree(limit),
                    limit < 1 ? Map.of("ge", 1) : Map.of("le", MOST_HITS)));
        }
        List<String> types = wanted.toolTypes() == null ? List.of() : ToolRoutes.types(wanted.toolTypes());
        List<String> tags = wanted.tags() == null ? List.of() : wanted.tags();
        return Answer.ok(
                search.search(call.org(), wanted.query(), mode(wanted.searchMode()), types, tags, limit).stream()
                        .map(hit -> new FoundTool(
                                ToolRoutes.view(hit.tool()), hit.text(), hit.textRank(), hit.vectorRank(), hit.score()))
                        .toList());
    }

    private static ToolSearch.Mode mode(@Nullable String word) {
        if (word == null) {
            return ToolSearch.Mode.HYBRID;
        }
        for (ToolSearch.Mode mode : ToolSearch.Mode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(word)) {
                return mode;
            }
        }
        throw new Invalid(Invalid.Fault.of(
                "literal_error",
                List.of("body", "search_mode"),
                "Input should be 'vector', 'fts' or 'hybrid'",
                TextNode.valueOf(word)));
    }
}
