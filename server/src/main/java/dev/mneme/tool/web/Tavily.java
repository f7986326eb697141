package dev.mneme.tool.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tavily (api.tavily.com, POST /search). It takes no country code, and of categories only its own topics. */
record Tavily(URI base, String key) implements SearchService {
    static final URI BASE = URI.create("https://api.tavily.com");

    /** The service gives no more. */
    private static final int MOST = 20;

    private static final Set<String> TOPICS = Set.of("news", "finance");
    private static final int DATE_CHARS = 10;

    @Override
    public ArrayNode find(Query query) throws JsonCall.Failed {
        ObjectNode body = Json.object()
                .put("query", query.words())
                .put("max_results", Math.min(MOST, query.most()))
                .put("include_raw_content", query.text());
        if (query.category() != null && TOPICS.contains(query.category())) {
            body.put("topic", query.category());
        }
        Exa.put(body, "start_date", day(query.from()));
        Exa.put(body, "end_date", day(query.to()));
        Exa.put(body, "include_domains", query.onlyDomains());
        Exa.put(body, "exclude_domains", query.notDomains());
        JsonNode answer =
                new JsonCall("Tavily").send(base.resolve("/search"), Map.of("Authorization", "Bearer " + key), body);
        ArrayNode results = Json.array();
        for (JsonNode found : answer.path("results")) {
            ObjectNode one = results.addObject();
            one.set("title", found.path("title"));
            one.set("url", found.path("url"));
            Exa.copy(found, "published_date", one, "published_date");
            Exa.copy(found, "content", one, "summary");
            Exa.copy(found, "raw_content", one, "text");
        }
        return results;
    }

    /** The date of a moment. */
    private static @Nullable String day(@Nullable String moment) {
        return moment == null || moment.length() <= DATE_CHARS ? moment : moment.substring(0, DATE_CHARS);
    }
}
