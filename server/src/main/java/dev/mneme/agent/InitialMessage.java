package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;

/** A message that an agent starts with. content: a text, or an array of parts of which the texts count. */
public record InitialMessage(String role, JsonNode content) {
    /** The text of the content. */
    String text() {
        if (content.isTextual()) {
            return content.textValue();
        }
        StringBuilder out = new StringBuilder();
        for (JsonNode part : content) {
            out.append(part.isTextual() ? part.textValue() : part.path("text").asText(""));
        }
        return out.toString();
    }
}
