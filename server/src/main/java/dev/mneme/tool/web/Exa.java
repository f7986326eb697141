package dev.mneme.tool.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Exa (api.exa.ai, POST /search). */
record Exa(URI base, String key) implements SearchService {
    static final URI BASE = URI.create("https://api.exa.ai");

    @Override
    public ArrayNode find(Query query) throws JsonCall.Failed {
        ObjectNode body =
                Json.object().put("query", query.words()).put("type", "auto").put("numResults", query.most());
        put(body, "category", query.category());
        put(body, "startPublishedDate", query.from());
        put(body, "endPublishedDate", query.to());
        put(body, "userLocation", query.location());
        put(body, "includeDomains", query.onlyDomains());
        put(body, "excludeDomains", query.notDomains());
        body.putObject("contents").put(query.text() ? "text" : "highlights", true);
        JsonNode answer = new JsonCall("Exa").send(base.resolve("/search"), Map.of("x-api-key", key), body);
        ArrayNode results = Json.array();
        for (JsonNode found : answer.path("results")) {
            ObjectNode one = results.addObject();
            one.set("title", found.path("title"));
            one.set("url", found.path("url"));
            copy(found, "publishedDate", one, "published_date");
            copy(found, "author", one, "author");
            copy(found, "text", one, "text");
            copy(found, "highlights", one, "highlights");
        }
        return results;
    }

    static void put(ObjectNode body, String name, @Nullable String value) {
        if (value != null && !value.isBlank()) {
            body.put(name, value);
        }
    }

    static void put(ObjectNode body, String name, List<String> values) {
        if (!values.isEmpty()) {
            values.forEach(body.putArray(name)::add);
        }
    }

    /** What is there and not empty. */
    static void copy(JsonNode from, String name, ObjectNode to, String as) {
        JsonNode value = from.path(name);
        if (!value.isMissingNode() && !value.isNull() && !(value.isContainerNode() && value.isEmpty())) {
            to.set(as, value);
        }
    }
}
