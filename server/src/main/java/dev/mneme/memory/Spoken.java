package dev.mneme.memory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The words of a message that people said: what searches of the history show. Pure. */
final class Spoken {
    /** Texts with role user that the server itself wrote, packed as JSON (contract 03 §3). */
    private static final Set<String> SERVER_TYPES = Set.of("heartbeat", "login", "system_alert");

    private Spoken() {}

    /** Text of users and assistants, and what an older agent said through send_message; empty for everything else. */
    static String text(Message message) {
        if (message.role() != Role.USER && message.role() != Role.ASSISTANT) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        for (Content part : message.content()) {
            if (part instanceof Content.Text text) {
                append(out, unpacked(text.text()));
            }
        }
        for (ToolCall call : message.toolCalls()) {
            if (call.name().equals("send_message")) {
                JsonNode arguments = parsed(call.arguments());
                append(out, arguments == null ? "" : arguments.path("message").asText(""));
            }
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String text) {
        if (!text.isBlank()) {
            out.append(out.isEmpty() ? "" : "\n").append(text);
        }
    }

    private static String unpacked(String text) {
        JsonNode packed = text.startsWith("{") ? parsed(text) : null;
        if (packed == null || !packed.path("type").isTextual()) {
            return text;
        }
        String type = packed.path("type").asText();
        if (SERVER_TYPES.contains(type)) {
            return "";
        }
        return type.equals("user_message") ? packed.path("message").asText(text) : text;
    }

    private static @Nullable JsonNode parsed(String text) {
        try {
            return Json.parse(text);
        } catch (JsonProcessingException e) {
            return null; // people and models write what they like; then it is plain text
        }
    }
}
