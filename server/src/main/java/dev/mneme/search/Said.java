package dev.mneme.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The words of a message that people search for, out of its stored JSON. Pure. */
final class Said {
    /** Rows with role user that the server itself wrote, packed as JSON (contract 02 §8): nobody searches for them. */
    private static final Set<String> SERVER_TYPES = Set.of("heartbeat", "system_alert", "login");

    private Said() {}

    /** The text parts, and what an older agent said through its send_message tool. */
    static String text(String content, @Nullable String toolCalls) {
        StringBuilder out = new StringBuilder();
        for (JsonNode part : Json.read(content, JsonNode.class)) {
            if (part.path("type").asText().equals("text")) {
                append(out, unpacked(part.path("text").asText()));
            }
        }
        if (toolCalls != null && toolCalls.contains("send_message")) {
            for (JsonNode call : Json.read(toolCalls, JsonNode.class)) {
                if (call.path("name").asText().equals("send_message")) {
                    append(out, message(call.path("arguments").asText()));
                }
            }
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String text) {
        if (!out.isEmpty() && !text.isEmpty()) {
            out.append('\n');
        }
        out.append(text);
    }

    private static String unpacked(String text) {
        if (!text.startsWith("{\"type\"")) {
            return text;
        }
        JsonNode packed = parsed(text);
        if (packed == null) {
            return text;
        }
        String type = packed.path("type").asText();
        if (SERVER_TYPES.contains(type)) {
            return "";
        }
        return type.equals("user_message") ? packed.path("message").asText(text) : text;
    }

    private static String message(String arguments) {
        JsonNode parsed = parsed(arguments);
        return parsed == null ? "" : parsed.path("message").asText("");
    }

    private static @Nullable JsonNode parsed(String text) {
        try {
            return Json.parse(text);
        } catch (JsonProcessingException broken) {
            return null; // people and models may write anything; then it is plain text
        }
    }
}
