package dev.mneme.tool.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How fit the schema of a server's tool is for models, and its form made ready for them (contract 11 §4). Pure. */
public record SchemaHealth(Status status, List<String> reasons) {
    /** The words of the contract. */
    public enum Status {
        STRICT_COMPLIANT,
        NON_STRICT_ONLY,
        INVALID
    }

    private static final Set<String> TYPES =
            Set.of("string", "number", "integer", "boolean", "object", "array", "null");
    private static final List<String> COMBINATORS = List.of("anyOf", "oneOf", "allOf");
    /** Schemas nest a few levels; deeper ones are built to hurt. */
    private static final int DEEPEST = 40;

    /** A copy with closed objects and a type for each reference. */
    static ObjectNode ready(JsonNode schema) {
        ObjectNode out = schema.isObject() ? schema.deepCopy() : Json.object();
        close(out, out.path("$defs"), 0);
        return out;
    }

    private static void close(JsonNode node, JsonNode definitions, int depth) {
        if (!(node instanceof ObjectNode object) || depth > DEEPEST) {
            return;
        }
        if (object.has("$ref") && !object.has("type")) {
            String name = object.path("$ref").asText().replaceFirst("^.*/", "");
            object.put("type", definitions.path(name).path("type").asText("object"));
        }
        if (object.path("type").asText().equals("object")
                && !object.has("additionalProperties")
                && !object.has("$ref")) {
            object.put("additionalProperties", false);
        }
        if (object.path("type").asText().equals("object") && depth == 0 && !object.has("properties")) {
            object.putObject("properties");
        }
        for (String inside : List.of("properties", "$defs")) {
            object.path(inside).forEach(each -> close(each, definitions, depth + 1));
        }
        close(object.path("items"), definitions, depth + 1);
        COMBINATORS.forEach(word -> object.path(word).forEach(each -> close(each, definitions, depth + 1)));
    }

    /** What can be said of a schema. */
    static SchemaHealth of(JsonNode schema) {
        List<String> invalid = new ArrayList<>();
        List<String> loose = new ArrayList<>();
        if (!schema.path("type").asText().equals("object")) {
            invalid.add("root: Top level must be of type 'object'");
        }
        look(schema, "root", 0, invalid, loose);
        if (!invalid.isEmpty()) {
            return new SchemaHealth(Status.INVALID, List.copyOf(invalid));
        }
        return new SchemaHealth(loose.isEmpty() ? Status.STRICT_COMPLIANT : Status.NON_STRICT_ONLY, List.copyOf(loose));
    }

    private static void look(JsonNode node, String path, int depth, List<String> invalid, List<String> loose) {
        if (depth > DEEPEST) {
            invalid.add(path + ": nested more than " + DEEPEST + " levels deep");
            return;
        }
        if (!node.isObject()) {
            invalid.add(path + ": Not a schema");
            return;
        }
        JsonNode type = node.path("type");
        boolean combined = COMBINATORS.stream().anyMatch(node::has);
        if (type.isMissingNode()
                && !combined
                && !node.has("properties")
                && !node.has("items")
                && !node.has("$ref")
                && !node.has("enum")
                && !node.has("const")) {
            invalid.add(path + ": Missing 'type'");
        }
        for (JsonNode each : type.isArray() ? type : Json.array().add(type)) {
            if (!each.isMissingNode() && !TYPES.contains(each.asText())) {
                invalid.add(path + ": Unknown type '" + each.asText() + "'");
            }
        }
        for (String word : COMBINATORS) {
            if (!node.has(word)) {
                continue;
            }
            if (!node.path(word).isArray() || node.path(word).isEmpty()) {
                invalid.add(path + ": '" + word + "' must be a list of schemas");
                continue;
            }
            int at = 0;
            for (JsonNode each : node.path(word)) {
                look(each, path + "." + word + "[" + at++ + "]", depth + 1, invalid, loose);
            }
        }
        if (type.asText().equals("object") || node.has("properties")) {
            object(node, path, depth, invalid, loose);
        }
        if (type.asText().equals("array")) {
            if (node.has("items")) {
                look(node.path("items"), path + ".items", depth + 1, invalid, loose);
            } else {
                invalid.add(path + ": Array without 'items'");
            }
        }
    }

    private static void object(JsonNode node, String path, int depth, List<String> invalid, List<String> loose) {
        JsonNode properties = node.path("properties");
        if (node.has("properties") && !properties.isObject()) {
            invalid.add(path + ": 'properties' must be an object");
            return;
        }
        JsonNode more = node.path("additionalProperties");
        if (!node.has("$ref") && !(more.isBoolean() && !more.booleanValue())) {
            loose.add(path + ": 'additionalProperties' is not false");
        }
        JsonNode required = node.path("required");
        if (node.has("required") && !required.isArray()) {
            invalid.add(path + ": 'required' must be a list");
        } else {
            for (JsonNode name : required) {
                JsonNode property = properties.path(name.asText());
                if (property.isMissingNode()) {
                    invalid.add(path + ": 'required' names the unknown property '" + name.asText() + "'");
                } else if (onlyEmpty(property)) {
                    invalid.add(path + ".properties." + name.asText() + ": Required, but can only be an empty object");
                }
            }
        }
        for (Map.Entry<String, JsonNode> each : properties.properties()) {
            look(each.getValue(), path + ".properties." + each.getKey(), depth + 1, invalid, loose);
        }
    }

    private static boolean onlyEmpty(JsonNode property) {
        JsonNode more = property.path("additionalProperties");
        return property.path("type").asText().equals("object")
                && property.path("properties").isEmpty()
                && more.isBoolean()
                && !more.booleanValue()
                && !property.has("$ref");
    }
}
