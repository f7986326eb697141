package dev.mneme.llm.google;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tool's JSON schema as Gemini takes it (contract 09 §5): references inlined, only the words that it knows. Pure.
 *
 * <p>Gemini refuses the whole request for one unknown word, so what is not on its list is left out: default, additionalProperties,
 * const, $schema, exclusive bounds and everything else. What can be said in its words is said so: a type that may be null becomes
 * nullable, oneOf becomes anyOf, a constant text becomes a choice of one.
 */
final class CleanSchema {
    /** Words that are passed on as they are (the Schema object of Google's reference). */
    private static final List<String> PLAIN = List.of(
            "title",
            "description",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "minProperties",
            "maxProperties",
            "pattern",
            "minimum",
            "maximum");

    /** Formats that the provider knows; it refuses the others. */
    private static final Set<String> FORMATS = Set.of("enum", "date-time", "float", "double", "int32", "int64");

    /** Levels of references and nesting; a schema that contains itself ends there. */
    private static final int DEEPEST = 12;

    private final JsonNode root;

    private CleanSchema(JsonNode root) {
        this.root = root;
    }

    /** The cleaned schema; null when the tool takes no arguments: an object without properties is refused. */
    static @Nullable ObjectNode of(JsonNode parameters) {
        ObjectNode clean = new CleanSchema(parameters).clean(parameters, 0);
        return clean.path("properties").isEmpty() ? null : clean;
    }

    private ObjectNode clean(JsonNode given, int depth) {
        JsonNode schema = resolved(given);
        ObjectNode out = Json.object();
        if (depth > DEEPEST) {
            return out.put("type", "object");
        }
        type(schema, out);
        for (String word : PLAIN) {
            if (schema.has(word)) {
                out.set(word, schema.get(word));
            }
        }
        if (FORMATS.contains(schema.path("format").asText())) {
            out.set("format", schema.get("format"));
        }
        choices(schema, out);
        variants(schema, out, depth);
        properties(schema, out, depth);
        if (out.path("type").asText().equals("array")) {
            out.set(
                    "items",
                    schema.path("items").isObject()
                            ? clean(schema.get("items"), depth + 1)
                            : Json.object().put("type", "string"));
        }
        return out;
    }

    private static void type(JsonNode schema, ObjectNode out) {
        JsonNode type = schema.path("type");
        boolean nullable = schema.path("nullable").asBoolean();
        String word = type.isTextual() ? type.asText() : "";
        for (JsonNode each : type.isArray() ? type : Json.array()) {
            if (each.asText().equals("null")) {
                nullable = true;
            } else if (word.isEmpty()) {
                word = each.asText();
            }
        }
        if (word.isEmpty() && schema.path("properties").isObject()) {
            word = "object";
        }
        if (word.isEmpty() && (schema.has("enum") || schema.path("const").isTextual())) {
            word = "string";
        }
        if (!word.isEmpty()) {
            out.put("type", word);
        }
        if (nullable) {
            out.put("nullable", true);
        }
    }

    /** Choices are texts here; those of other types are left to the description. */
    private static void choices(JsonNode schema, ObjectNode out) {
        if (!out.path("type").asText("string").equals("string")) {
            return;
        }
        ArrayNode words = Json.array();
        for (JsonNode each : schema.path("enum")) {
            if (each.isTextual() && !each.asText().isEmpty()) {
                words.add(each);
            }
        }
        if (schema.path("const").isTextual()) {
            words.add(schema.get("const"));
        }
        if (!words.isEmpty()) {
            out.set("enum", words);
        }
    }

    private void variants(JsonNode schema, ObjectNode out, int depth) {
        ArrayNode any = Json.array();
        for (String word : List.of("anyOf", "oneOf")) {
            for (JsonNode each : schema.path(word)) {
                if (each.path("type").asText().equals("null")) {
                    out.put("nullable", true);
                } else {
                    any.add(clean(each, depth + 1));
                }
            }
        }
        for (JsonNode each : schema.path("allOf")) {
            merge(out, clean(each, depth + 1));
        }
        if (any.size() == 1) {
            merge(out, (ObjectNode) any.get(0));
        } else if (!any.isEmpty()) {
            out.remove("type"); // beside anyOf nothing but a description is taken
            out.set("anyOf", any);
        }
    }

    private static void merge(ObjectNode into, ObjectNode more) {
        for (Map.Entry<String, JsonNode> each : more.properties()) {
            if (each.getKey().equals("properties") && into.get("properties") instanceof ObjectNode own) {
                own.setAll((ObjectNode) each.getValue());
            } else if (each.getKey().equals("required") && into.get("required") instanceof ArrayNode own) {
                own.addAll((ArrayNode) each.getValue());
            } else if (!into.has(each.getKey())) {
                into.set(each.getKey(), each.getValue());
            }
        }
    }

    private void properties(JsonNode schema, ObjectNode out, int depth) {
        if (!schema.path("properties").isObject()) {
            return;
        }
        ObjectNode all = out.path("properties") instanceof ObjectNode own ? own : out.putObject("properties");
        for (Map.Entry<String, JsonNode> each : schema.get("properties").properties()) {
            all.set(each.getKey(), clean(each.getValue(), depth + 1));
        }
        ArrayNode required = out.path("required") instanceof ArrayNode own ? own : Json.array();
        for (JsonNode name : schema.path("required")) {
            if (all.has(name.asText())) {
                required.add(name);
            }
        }
        if (!required.isEmpty()) {
            out.set("required", required);
        }
    }

    /** What a reference points to, with the words that stand beside it. */
    private JsonNode resolved(JsonNode schema) {
        JsonNode found = schema;
        for (int i = 0; i < DEEPEST && found.path("$ref").asText().startsWith("#/"); i++) {
            ObjectNode beside = found.deepCopy();
            beside.remove("$ref");
            JsonNode target = root.at(found.get("$ref").asText().substring(1));
            if (!(target.deepCopy() instanceof ObjectNode copy)) {
                return beside;
            }
            copy.setAll(beside);
            found = copy;
        }
        return found;
    }
}
