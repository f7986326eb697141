package dev.mneme.tool.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A SearXNG of the operator's (GET /search with format=json, which its settings must allow). Knows no country and no whole pages. */
record Searxng(URI base) implements SearchService {
    /** One page of it has some ten to thirty results. */
    private static final int MOST_PAGES = 5;

    private static final int FORBIDDEN = 403;

    @Override
    public ArrayNode find(Query query) throws JsonCall.Failed {
        ArrayNode results = Json.array();
        for (int page = 1; page <= MOST_PAGES && results.size() < query.most(); page++) {
            int before = results.size();
            for (JsonNode found : page(query, page).path("results")) {
                if (results.size() < query.most() && fits(found, query)) {
                    ObjectNode one = results.addObject();
                    one.set("title", found.path("title"));
                    one.set("url", found.path("url"));
                    Exa.copy(found, "publishedDate", one, "published_date");
                    Exa.copy(found, "content", one, "summary");
                }
            }
            if (results.size() == before) {
                break;
            }
        }
        return results;
    }

    private JsonNode page(Query query, int page) throws JsonCall.Failed {
        String words = query.words();
        if (!query.onlyDomains().isEmpty()) {
            words += query.onlyDomains().stream()
                    .map(domain -> "site:" + domain)
                    .collect(Collectors.joining(" OR ", " (", ")"));
        }
        String path = base.toString().replaceAll("/+$", "") + "/search?format=json&pageno=" + page + "&q="
                + encoded(words) + (query.category() == null ? "" : "&categories=" + encoded(query.category()));
        try {
            return new JsonCall("SearXNG").send(URI.create(path), Map.of(), null);
        } catch (JsonCall.Failed e) {
            throw e.status() == FORBIDDEN
                    ? new JsonCall.Failed(
                            "SearXNG does not give JSON: its settings.yml must list json under search.formats",
                            FORBIDDEN,
                            e)
                    : e;
        }
    }

    /** It has no such filters of its own. A page without a date fits any. */
    private static boolean fits(JsonNode found, Query query) {
        String host = host(found.path("url").asText());
        String date = found.path("publishedDate").asText("");
        return (query.onlyDomains().isEmpty() || within(host, query.onlyDomains()))
                && !within(host, query.notDomains())
                && (date.isEmpty() || query.from() == null || date.compareTo(query.from()) >= 0)
                && (date.isEmpty() || query.to() == null || date.compareTo(query.to() + "~") <= 0);
    }

    private static boolean within(String host, List<String> domains) {
        return domains.stream()
                .map(domain -> domain.toLowerCase(Locale.ROOT))
                .anyMatch(domain -> host.equals(domain) || host.endsWith("." + domain));
    }

    private static String host(String url) {
        try {
            String host = URI.create(url).getHost();
            return host == null ? "" : host.toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            return ""; // an address that only browsers understand has no domain to compare
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
