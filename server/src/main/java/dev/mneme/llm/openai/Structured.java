package dev.mneme.llm.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.AnswerForm;
import dev.mneme.message.LlmConfig;
import org.jspecify.annotations.Nullable;

/**
 * The form that an answer shall have, as far as a provider can be told, the rest in words (contract 02 §4). Pure.
 *
 * @param field value of {@code response_format}; null: nothing is sent
 * @param words to append to the system prompt, empty: none
 */
record Structured(@Nullable ObjectNode field, String words) {
    /** The name of a schema that has none. */
    private static final String NAME = "answer";

    /** Properties by which a caller's object is told from the schema itself. */
    private static final String SCHEMA = "schema";

    private static final Structured FREE = new Structured(null, "");

    /** @param tools whether tools are offered in the same call */
    static Structured of(LlmConfig config, Quirks quirks, boolean tools) {
        JsonNode wish = config.responseFormat();
        String type = wish == null ? "" : wish.path("type").asText();
        boolean schema = type.equals("json_schema");
        if (wish == null || (!schema && !type.equals("json_object"))) {
            return FREE;
        }
        boolean closed = tools && quirks.has(Quirks.Trait.FORMAT_WITHOUT_TOOLS);
        Quirks.Format format = closed ? Quirks.Format.NONE : quirks.format();
        ObjectNode wanted = schema ? named(wish.path("json_schema")) : any();
        String words = AnswerForm.inWords(config, tools);
        return switch (format) {
            case SCHEMA -> schema ? new Structured(wrapped(wanted), "") : new Structured(object(), words);
            case ONLY_SCHEMA -> new Structured(wrapped(wanted), schema ? "" : words);
            case ONLY_OBJECT -> new Structured(object(), words);
            case NONE -> new Structured(null, words);
        };
    }

    /** The schema with its name as OpenAI wants them: a bare schema is wrapped. */
    private static ObjectNode named(JsonNode given) {
        ObjectNode wanted = Json.object();
        if (given.has(SCHEMA)) {
            wanted.setAll((ObjectNode) given.deepCopy());
        } else {
            wanted.set(SCHEMA, given.deepCopy());
        }
        if (wanted.path("name").asText().isBlank()) {
            wanted.put("name", NAME);
        }
        return wanted;
    }

    private static ObjectNode any() {
        ObjectNode wanted = Json.object().put("name", NAME);
        wanted.putObject(SCHEMA).put("type", "object");
        return wanted;
    }

    private static ObjectNode wrapped(ObjectNode schema) {
        ObjectNode field = Json.object().put("type", "json_schema");
        field.set("json_schema", schema);
        return field;
    }

    private static ObjectNode object() {
        return Json.object().put("type", "json_object");
    }
}
