package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The pages that a person sees: the reference at /docs, made from the route table, and the front page. Nothing is loaded from elsewhere. */
final class DocsPage {
    private static final String STYLE =
            "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}"
                    + "code,pre{font:13px ui-monospace,monospace}pre{background:#f4f4f4;padding:.7rem;overflow:auto}"
                    + "h2{border-bottom:1px solid #ddd;margin-top:2.5rem}details{margin:.3rem 0;border:1px solid #e5e5e5;border-radius:4px}"
                    + "summary{padding:.4rem .6rem;cursor:pointer}details>div{padding:.2rem 1rem 1rem}"
                    + ".m{display:inline-block;width:4.2rem;font-weight:600}td,th{text-align:left;padding:.15rem .8rem .15rem 0;vertical-align:top}"
                    + "@media(prefers-color-scheme:dark){body{background:#181818;color:#ddd}pre{background:#222}details{border-color:#333}a{color:#8bf}}";

    private DocsPage() {}

    static String reference(List<Route> routes, String version) {
        ObjectNode document = OpenApi.of(routes, version);
        Map<String, List<Route>> rooms = new LinkedHashMap<>();
        for (Route route : routes) {
            if (!route.hidden()) {
                rooms.computeIfAbsent(route.room(), room -> new ArrayList<>()).add(route);
            }
        }
        StringBuilder out = head("Mneme API");
        out.append("<h1>Mneme API</h1><p>Version ").append(escape(version)).append(". The same as JSON: ");
        out.append("<a href=\"/openapi.json\">/openapi.json</a>. A trailing slash makes no difference.</p><p>");
        rooms.keySet()
                .forEach(room -> out.append("<a href=\"#")
                        .append(room)
                        .append("\">")
                        .append(room)
                        .append("</a> "));
        out.append("</p>");
        rooms.forEach((room, list) -> {
            out.append("<h2 id=\"").append(room).append("\">").append(room).append("</h2>");
            list.forEach(route -> route(route, document, out));
        });
        return out.append("</body></html>").toString();
    }

    private static void route(Route route, ObjectNode document, StringBuilder out) {
        out.append("<details><summary><span class=\"m\">")
                .append(route.method())
                .append("</span><code>");
        out.append(escape(OpenApi.plain(route)))
                .append("</code> ")
                .append(escape(route.summary()))
                .append("</summary><div>");
        if (!route.params().isEmpty()) {
            out.append("<table><tr><th>query</th><th>default</th><th></th></tr>");
            for (Param<?> param : route.params()) {
                out.append("<tr><td><code>").append(escape(param.name())).append(param.repeated() ? "[]" : "");
                out.append("</code></td><td><code>")
                        .append(escape(param.schema().path("default").asText("")));
                out.append("</code></td><td>").append(escape(param.about())).append("</td></tr>");
            }
            out.append("</table>");
        }
        if (route.body() != null) {
            schema("body", route.body(), document, out);
        }
        if (route.gives() != null) {
            schema(route.list() ? "answer: a list of" : "answer", route.gives(), document, out);
        }
        out.append("</div></details>");
    }

    private static void schema(String title, Class<?> type, ObjectNode document, StringBuilder out) {
        JsonNode properties = document.path("components")
                .path("schemas")
                .path(type.getSimpleName())
                .path("properties");
        out.append("<p>")
                .append(title)
                .append(" <b>")
                .append(type.getSimpleName())
                .append("</b></p>");
        if (!properties.isEmpty()) {
            out.append("<pre>").append(escape(shape(properties))).append("</pre>");
        }
    }

    private static String shape(JsonNode properties) {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, JsonNode> field : properties.properties()) {
            out.append(field.getKey())
                    .append(": ")
                    .append(word(field.getValue()))
                    .append('\n');
        }
        return out.toString().stripTrailing();
    }

    private static String word(JsonNode schema) {
        if (schema.has("anyOf")) {
            return word(schema.path("anyOf").path(0)) + " or null";
        }
        if (schema.has("$ref")) {
            String ref = schema.path("$ref").asText();
            return ref.substring(ref.lastIndexOf('/') + 1);
        }
        if (schema.path("type").asText("").equals("array")) {
            return "list of " + word(schema.path("items"));
        }
        return schema.path("type").asText("anything");
    }

    static String front(String version) {
        return head("Mneme")
                .append("<h1>Mneme</h1><p>A server for agents that remember. Version ")
                .append(escape(version))
                .append(
                        " is running.</p><p><a href=\"/ade\">Agents</a> · <a href=\"/docs\">API reference</a> · <a href=\"/openapi.json\">openapi.json</a> · ")
                .append("<a href=\"/v1/health\">health</a></p><pre>curl -X POST http://localhost:8283/v1/agents \\\n")
                .append("  -H 'Content-Type: application/json' \\\n  -d ")
                .append(escape("'" + Json.write(Map.of("name", "ada")) + "'"))
                .append("</pre></body></html>")
                .toString();
    }

    private static StringBuilder head(String title) {
        return new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(title)
                .append("</title><meta name=\"viewport\" content=\"width=device-width\"><style>")
                .append(STYLE)
                .append("</style></head><body>");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
