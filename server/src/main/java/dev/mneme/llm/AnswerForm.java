package dev.mneme.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.message.LlmConfig;

/** The form that an answer shall have ({@code response_format}), in words, for providers that cannot be told otherwise. Pure. */
public final class AnswerForm {
    private AnswerForm() {}

    /**
     * What to append to the system prompt; empty: text of any form will do.
     *
     * @param tools whether tools are offered in the same call: calls keep their own form
     */
    public static String inWords(LlmConfig config, boolean tools) {
        JsonNode wish = config.responseFormat();
        String type = wish == null ? "" : wish.path("type").asText();
        boolean schema = type.equals("json_schema");
        if (wish == null || (!schema && !type.equals("json_object"))) {
            return "";
        }
        return "\n\n" + (tools ? "When you answer in text rather than by a tool, answer" : "Answer")
                + " with one JSON object and nothing else"
                + (schema ? " that fits this JSON schema:\n" + schema(wish) : ".");
    }

    /** The schema itself, which callers write with or without a name around it. */
    public static JsonNode schema(JsonNode wish) {
        JsonNode given = wish.path("json_schema");
        return given.has("schema") ? given.get("schema") : given;
    }
}
