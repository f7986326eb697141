package dev.mneme.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;

/** Messages wrapped in JSON, as older kinds of agent expect them (contract 03 §3). Pure. */
public final class PackedText {
    private PackedText() {}

    static String user(String text, String time) {
        return Json.indented(packed("user_message").put("message", text).put("time", time));
    }

    /** A note of the system; one that is packed already stays as it is. */
    static String alert(String text, String time) {
        if (text.startsWith("{") && isAlert(text)) {
            return text;
        }
        return Json.indented(packed("system_alert").put("message", text).put("time", time));
    }

    static String login(String time) {
        return Json.indented(
                packed("login").put("last_login", "Never (first login)").put("time", time));
    }

    /** Why the model is asked again, on agents that work by calls (contract 02 §6). */
    public static String heartbeat(String reason, String time) {
        return Json.indented(packed("heartbeat").put("reason", reason).put("time", time));
    }

    /** What a tool gave back, as a model sees it. */
    static String toolReturn(boolean ok, String message, String time) {
        return Json.indented(Json.object()
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
}
