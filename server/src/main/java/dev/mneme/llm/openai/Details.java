package dev.mneme.llm.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenRouter's {@code reasoning_details}: what the model behind it wants back of its thoughts (signatures, encrypted parts). Gathered from
 * the pieces of a stream, kept with the thought, and sent again. One thread.
 */
final class Details {
    private static final String FIELD = "reasoning_details";

    /** Fields that come in pieces; of all others the last word counts. */
    private static final List<String> TORN = List.of("text", "summary", "data");

    private final ArrayNode parts = Json.array();

    void take(JsonNode said) {
        for (JsonNode piece : said.path(FIELD)) {
            ObjectNode open = parts.isEmpty() ? null : (ObjectNode) parts.get(parts.size() - 1);
            if (!(piece instanceof ObjectNode more)) {
                continue;
            }
            if (open == null || !same(open, more)) {
                parts.add(more.deepCopy());
                continue;
            }
            for (Map.Entry<String, JsonNode> field : more.properties()) {
                if (TORN.contains(field.getKey()) && open.path(field.getKey()).isTextual()) {
                    open.put(
                            field.getKey(),
                            open.path(field.getKey()).asText()
                                    + field.getValue().asText(""));
                } else if (!field.getValue().isNull()) {
                    open.set(field.getKey(), field.getValue());
                }
            }
        }
    }

    /** What is stored with the thought; null: there is nothing to send back. */
    @Nullable
    String vendor() {
        if (parts.isEmpty()) {
            return null;
        }
        ObjectNode kept = Json.object();
        kept.set(FIELD, parts);
        return kept.toString();
    }

    /** Puts what was kept of a row's thoughts into the message that is sent. */
    static void send(ObjectNode out, Message row) {
        for (Content part : row.content()) {
            if (part instanceof Content.Reasoning thought && thought.vendor() != null) {
                try {
                    if (Json.parse(thought.vendor()).path(FIELD) instanceof ArrayNode kept) {
                        out.set(FIELD, kept);
                    }
                } catch (JsonProcessingException e) {
                    // another provider's mark
                }
            }
        }
    }

    private static boolean same(JsonNode a, JsonNode b) {
        return a.path("type").equals(b.path("type")) && a.path("index").equals(b.path("index"));
    }
}
