package dev.mneme.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How the fake provider reads a request and writes an answer in one wire language. */
sealed interface FakeLanguage permits FakeOpenAi, FakeAnthropic {
    List<FakeScript.Said> messages(JsonNode body);

    /** Tool name → its schema. */
    Map<String, JsonNode> tools(JsonNode body);

    String whole(JsonNode body, FakeStep step);

    /** The frames of a stream, each ending with a blank line. */
    List<String> stream(JsonNode body, FakeStep step);

    default String error(int code) {
        String word = switch (code) {
            case 400 -> "context_length_exceeded";
            case 401 -> "invalid_api_key";
            case 429 -> "rate_limit_exceeded";
            default -> "server_error";
        };
        String text = code == 400
                ? "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."
                : "scripted failure";
        var error = Json.object().put("type", "error");
        error.putObject("error").put("type", word).put("code", word).put("message", text);
        return error.toString();
    }

    /** Text of a content field: a string, or parts with text. */
    static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.asText();
        }
        StringBuilder out = new StringBuilder();
        for (JsonNode part : content) {
            out.append(part.has("text") ? part.get("text").asText() : text(part.path("content")));
        }
        return out.toString();
    }

    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split("(?<= )")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    /** Pieces of eight characters, so that JSON is torn in inconvenient places. */
    static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        for (int i = 0; i < text.length(); i += 8) {
            pieces.add(text.substring(i, Math.min(text.length(), i + 8)));
        }
        return pieces;
    }

    static int tokens(JsonNode body) {
        return body.toString().length() / 4 + 1;
    }
}
