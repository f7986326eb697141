package dev.mneme.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A tool's schema as providers want it with strict on (contract 02 §4): nothing unknown, everything required. Pure. */
public final class StrictSchema {
    private StrictSchema() {}

    /** @param nullable whether properties that were optional may be null; without, they keep their plain type */
    public static JsonNode of(JsonNode schema, boolean nullable) {
        if (!(schema.deepCopy() instanceof ObjectNode copy)) {
            return schema;
        }
        return object(copy, nullable);
    }

    private static ObjectNode object(ObjectNode schema, boolean nullable) {
        if (schema.get("properties") instanceof ObjectNode properties) {
            Set<String> required = new HashSet<>();
            schema.path("required").forEach(name -> required.add(name.asText()));
            ArrayNode all = Json.array();
            for (Map.Entry<String, JsonNode> property : properties.properties()) {
                all.add(property.getKey());
                if (property.getValue() instanceof ObjectNode inner) {
                    object(inner, nullable);
                    if (nullable && !required.contains(property.getKey())) {
                        orNull(inner);
                    }
                }
            }
            schema.set("required", all);
            schema.put("additionalProperties", false);
        }
        if (schema.get("items") instanceof ObjectNode items) {
            object(items, nullable);
        }
        return schema;
    }

    private static void orNull(ObjectNode property) {
        JsonNode type = property.get("type");
        if (type != null && type.isTextual() && !type.asText().equals("null")) {
            property.set("type", Json.array().add(type.asText()).add("null"));
            if (property.get("enum") instanceof ArrayNode words) {
                words.addNull();
            }
        }
    }
}
