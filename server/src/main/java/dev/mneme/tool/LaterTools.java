package dev.mneme.tool;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.message.ToolSpec;
import java.util.List;

/**
 * Base tools whose work arrives with a later version: their descriptions, since agents made elsewhere carry them.
 * Names and arguments are the contract's (05 §7, §8); the words are ours. A tool moves out of here when it learns to run.
 */
final class LaterTools {
    private LaterTools() {}

    static List<ToolSpec> specs() {
        return List.of(
                storeMemories(),
                rethinkUserMemory(),
                tool("finish_rethinking_memory", "Say that the user memory needs no further rewriting.")
                        .spec(),
                searchMemory());
    }

    private static ToolSpec storeMemories() {
        ObjectNode chunk = tool("", "")
                .need("start_index", "integer", "Number of the first line that this piece covers.")
                .need("end_index", "integer", "Number of the last line that this piece covers.")
                .need("context", "string", "One or two sentences that say what the piece is about.")
                .parameters();
        return tool(
                        "store_memories",
                        "Keep pieces of the conversation that is leaving the context, each with a short summary.")
                .needList("chunks", chunk, "The pieces to keep, without overlaps.")
                .spec();
    }

    private static ToolSpec rethinkUserMemory() {
        return tool("rethink_user_memory", "Rewrite what is known about the user in one go.")
                .need("new_memory", "string", "The whole new text, with old facts that still hold.")
                .spec();
    }

    private static ToolSpec searchMemory() {
        return tool("search_memory", "Look up what was said earlier, by words and by how long ago.")
                .mayList("convo_keyword_queries", "Words or short phrases to look for.")
                .may("start_minutes_ago", "integer", "Oldest end of the time span, in minutes before now.")
                .may("end_minutes_ago", "integer", "Newest end of the time span, in minutes before now.")
                .spec();
    }

    private static ObjectNode text() {
        return Json.object().put("type", "string");
    }

    private static Draft tool(String name, String description) {
        return new Draft(name, description, Json.object(), Json.array());
    }

    /** A spec that is being written. */
    private record Draft(String name, String description, ObjectNode properties, ArrayNode required) {
        Draft need(String argument, String type, String meaning) {
            return need(argument, Json.object().put("type", type), meaning);
        }

        Draft need(String argument, ObjectNode type, String meaning) {
            required.add(argument);
            properties.set(argument, type.put("description", meaning));
            return this;
        }

        Draft needList(String argument, ObjectNode item, String meaning) {
            ObjectNode type = Json.object().put("type", "array");
            type.set("items", item);
            return need(argument, type, meaning);
        }

        Draft may(String argument, String type, String meaning) {
            properties.set(argument, Json.object().put("type", type).put("description", meaning));
            return this;
        }

        Draft mayList(String argument, String meaning) {
            ObjectNode type = Json.object().put("type", "array");
            type.set("items", text());
            properties.set(argument, type.put("description", meaning));
            return this;
        }

        ObjectNode parameters() {
            ObjectNode parameters = Json.object().put("type", "object");
            parameters.set("properties", properties);
            parameters.set("required", required);
            return parameters;
        }

        ToolSpec spec() {
            return new ToolSpec(name, description, parameters());
        }
    }
}
