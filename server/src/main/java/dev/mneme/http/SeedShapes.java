package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.List;
import java.util.Map;

/** Bodies in the shapes of 2024 rewritten into today's (contract 14 §7). A name of today in the same body always wins. Pure. */
final class SeedShapes {
    private SeedShapes() {}

    /** A body that makes or changes an agent: llm, metadata_, memory. What is no object comes back as an Invalid later. */
    static ObjectNode newAgent(JsonNode given) {
        if (!(given instanceof ObjectNode object)) {
            throw new Invalid(Invalid.Fault.of(
                    "model_attributes_type",
                    List.of("body"),
                    "Input should be a valid dictionary or object to extract fields from",
                    given));
        }
        ObjectNode body = object.deepCopy();
        rename(body, "llm", "model");
        rename(body, "metadata_", "metadata");
        JsonNode blocks = body.path("memory").path("memory");
        if (blocks.isObject() && !body.has("memory_blocks")) {
            ArrayNode out = body.putArray("memory_blocks");
            for (Map.Entry<String, JsonNode> field : blocks.properties()) {
                ObjectNode block = out.addObject().put("label", field.getKey());
                copy(field.getValue(), block, "value");
                copy(field.getValue(), block, "limit");
            }
        }
        JsonNode listed = body.path("memory").path("blocks");
        if (listed.isArray() && !body.has("memory_blocks")) {
            ArrayNode out = body.putArray("memory_blocks");
            for (JsonNode old : listed) {
                ObjectNode block = out.addObject();
                for (String key : List.of("label", "value", "limit", "description", "read_only")) {
                    copy(old, block, key);
                }
            }
        }
        return body;
    }

    /** A body that makes a folder: metadata_. */
    static JsonNode folder(JsonNode given) {
        if (!(given instanceof ObjectNode object)) {
            return given;
        }
        ObjectNode body = object.deepCopy();
        rename(body, "metadata_", "metadata");
        return body;
    }

    /** A body that sends: {@code {"role","message"}}, and {@code text} in place of {@code content}. */
    static JsonNode messages(JsonNode given) {
        if (!(given instanceof ObjectNode object)) {
            return given;
        }
        ObjectNode body = object.deepCopy();
        if (!body.has("messages") && !body.has("input") && body.has("message")) {
            ObjectNode message = body.putArray("messages").addObject();
            message.put("role", body.path("role").asText("user"));
            message.set("content", body.path("message"));
            copy(body, message, "name");
        }
        if (body.path("messages").isArray()) {
            for (JsonNode item : body.path("messages")) {
                if (item instanceof ObjectNode message) {
                    rename(message, "text", "content");
                }
            }
        }
        return body;
    }

    private static void rename(ObjectNode body, String old, String today) {
        JsonNode value = body.remove(old);
        if (value != null && !body.hasNonNull(today)) {
            body.set(today, value);
        }
    }

    private static void copy(JsonNode from, ObjectNode to, String key) {
        if (from.hasNonNull(key)) {
            to.set(key, from.get(key));
        }
    }

    /** An empty object when the body was left out. */
    static ObjectNode orEmpty(JsonNode given) {
        return given instanceof ObjectNode object ? object : Json.object();
    }
}
