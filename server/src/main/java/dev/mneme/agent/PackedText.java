package dev.mneme.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.io.UncheckedIOException;

/** Messages wrapped in JSON, as older kinds of agent expect them at their start (contract 03 §3). Pure. */
final class PackedText {
    private static final ObjectWriter INDENTED = Json.MAPPER.writer(new DefaultPrettyPrinter()
            .withSeparators(Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER))
            .withObjectIndenter(new DefaultIndenter("  ", "\n")));

    private PackedText() {}

    static String user(String text, String time) {
        return indented(packed("user_message").put("message", text).put("time", time));
    }

    /** A note of the system; one that is packed already stays as it is. */
    static String alert(String text, String time) {
        if (text.startsWith("{") && isAlert(text)) {
            return text;
        }
        return indented(packed("system_alert").put("message", text).put("time", time));
    }

    static String login(String time) {
        return indented(packed("login").put("last_login", "Never (first login)").put("time", time));
    }

    /** What a tool gave back, as a model sees it. */
    static String toolReturn(boolean ok, String message, String time) {
        return indented(Json.object()
                .put("status", ok ? "OK" : "Failed")
                .put("message", message)
                .put("time", time));
    }

    private static ObjectNode packed(String type) {
        return Json.object().put("type", type);
    }

    private static boolean isAlert(String text) {
        try {
            JsonNode node = Json.parse(text);
            return node.path("type").asText().equals("system_alert");
        } catch (JsonProcessingException ordinaryText) {
            return false;
        }
    }

    private static String indented(JsonNode node) {
        try {
            return INDENTED.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
