package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.HashSet;
import java.util.Set;

/** Agent files of version 1, one flat agent, turned into version 2 (contract 10 §5). Pure. */
final class LegacyFile {
    private LegacyFile() {}

    /** Whether it is one. */
    static boolean is(ObjectNode file) {
        return file.path("core_memory").isArray() && file.path("messages").isArray() && file.has("agent_type");
    }

    /** The same in version 2. What version 2 has no place for is dropped: the group, times of change, the version. */
    static ObjectNode converted(ObjectNode old) {
        ObjectNode agent = Json.object().put("id", "agent-0");
        for (String key : new String[] {
            "name",
            "description",
            "system",
            "agent_type",
            "llm_config",
            "embedding_config",
            "message_buffer_autoclear",
            "tool_rules",
            "timezone",
            "response_format"
        }) {
            agent.set(key, old.get(key));
        }
        agent.set("metadata", old.get("metadata_"));
        ArrayNode tags = agent.putArray("tags");
        old.path("tags").forEach(tag -> tags.add(tag.isObject() ? tag.path("tag") : tag));
        ObjectNode environment = agent.putObject("tool_exec_environment_variables");
        old.path("tool_exec_environment_variables")
                .forEach(one -> environment.put(
                        one.path("key").asText(), one.path("value").asText("")));
        ObjectNode file = Json.object();
        file.putArray("agents").add(agent);
        file.putArray("groups");
        blocks(old, file.putArray("blocks"), agent.putArray("block_ids"));
        file.putArray("files");
        file.putArray("sources");
        tools(old, file.putArray("tools"), agent.putArray("tool_ids"));
        file.putArray("mcp_servers");
        messages(old, agent);
        return file;
    }

    private static void blocks(ObjectNode old, ArrayNode blocks, ArrayNode ids) {
        for (JsonNode given : old.path("core_memory")) {
            ObjectNode block = copy(given);
            block.set("metadata", given.get("metadata_"));
            numbered(block, "block", blocks, ids);
        }
    }

    private static void tools(ObjectNode old, ArrayNode tools, ArrayNode ids) {
        Set<String> names = new HashSet<>();
        for (JsonNode given : old.path("tools")) {
            if (names.add(given.path("name").asText())) {
                numbered(copy(given), "tool", tools, ids);
            }
        }
    }

    private static void messages(ObjectNode old, ObjectNode agent) {
        ArrayNode messages = agent.putArray("messages");
        ArrayNode all = Json.array();
        for (JsonNode given : old.path("messages")) {
            numbered(copy(given), "message", messages, all);
        }
        ArrayNode inContext = agent.putArray("in_context_message_ids");
        for (JsonNode index : old.path("in_context_message_indices")) {
            // an index without a message is a dangling reference, which the import names
            inContext.add(all.has(index.asInt()) ? all.get(index.asInt()).textValue() : "message-" + index.asText());
        }
    }

    private static void numbered(ObjectNode entry, String kind, ArrayNode entries, ArrayNode ids) {
        String id = kind + "-" + entries.size();
        entries.add(entry.put("id", id));
        ids.add(id);
    }

    private static ObjectNode copy(JsonNode given) {
        return given instanceof ObjectNode object ? object.deepCopy() : Json.object();
    }
}
