package dev.mneme.tool.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The schema of arguments as a model is shown it, made of one that Pydantic or Zod wrote (contract 05 §3): references are put in place,
 * titles and defaults left out, {@code anyOf [T, null]} is T. Pure.
 */
public final class FlatSchema {
    /** Definitions within definitions: one that holds itself must end somewhere. */
    private static final int DEEPEST = 16;

    private static final Set<String> DROPPED = Set.of("title", "default", "$defs", "definitions", "$schema");

    private final JsonNode definitions;

    private FlatSchema(JsonNode given) {
        this.definitions = given.path("$defs").isObject() ? given.path("$defs") : given.path("definitions");
    }

    /** {@code {"type":"object","properties","required"}} of the schema of an arguments object. */
    public static ObjectNode parameters(JsonNode given) {
        FlatSchema flat = new FlatSchema(given);
        ObjectNode out = Json.object().put("type", "object");
        ObjectNode properties = out.putObject("properties");
        given.path("properties")
                .properties()
                .forEach(field -> properties.set(field.getKey(), flat.of(field.getValue(), 0)));
        ArrayNode required = out.putArray("required");
        given.path("required").forEach(required::add);
        return out;
    }

    private JsonNode of(JsonNode given, int depth) {
        if (!(given instanceof ObjectNode object)) {
            return given;
        }
        JsonNode one = alone(object);
        if (one != null) {
            ObjectNode out = (ObjectNode) of(one, depth + 1);
            String own = object.path("description").asText("");
            if (!own.isEmpty() || out.path("type").asText().equals("object")) {
                out.put("description", own.isEmpty() ? out.path("description").asText("") : own);
            }
            return out;
        }
        if (depth > DEEPEST) {
            return Json.object().put("type", "object");
        }
        ObjectNode out = Json.object();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            String key = field.getKey();
            JsonNode value = field.getValue();
            if (key.equals("properties") && value.isObject()) {
                ObjectNode inside = out.putObject(key);
                value.properties().forEach(each -> inside.set(each.getKey(), of(each.getValue(), depth + 1)));
            } else if (value.isArray() && isListOfSchemas(key)) {
                ArrayNode inside = out.putArray(key);
                value.forEach(each -> inside.add(of(each, depth + 1)));
            } else if (!DROPPED.contains(key)) {
                out.set(key, value.isObject() ? of(value, depth + 1) : value);
            }
        }
        return out;
    }

    private static boolean isListOfSchemas(String key) {
        return key.equals("anyOf") || key.equals("oneOf") || key.equals("allOf") || key.equals("prefixItems");
    }

    /** What the schema merely stands for: a definition, the only part of an allOf, the only kind beside null. Null: itself. */
    private @Nullable JsonNode alone(ObjectNode object) {
        JsonNode ref = object.path("$ref");
        if (ref.isTextual()) {
            String text = ref.textValue();
            JsonNode found = definitions.path(text.substring(text.lastIndexOf('/') + 1));
            return found.isObject() ? found : Json.object().put("type", "object");
        }
        if (object.path("allOf").size() == 1) {
            return object.path("allOf").get(0);
        }
        JsonNode kinds = object.path("anyOf");
        JsonNode only = null;
        for (JsonNode kind : kinds) {
            if (!kind.path("type").asText().equals("null")) {
                if (only != null) {
                    return null;
                }
                only = kind;
            }
        }
        return only;
    }
}
