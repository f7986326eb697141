package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a tool of our MCP server was called with. Refusals are sentences for the model that called it. */
record ToolInput(JsonNode json) {
    /** One argument: its name, its schema, whether it must be there, and the kind of id that it holds, if it is one. */
    record Field(
            String name,
            ObjectNode schema,
            boolean required,
            @Nullable IdKind id) {
        static Field text(String name, String about) {
            return new Field(name, schema("string", about), false, null);
        }

        static Field id(String name, IdKind kind, String about) {
            return new Field(name, schema("string", about), true, kind);
        }

        static Field whole(String name, int standard, int least, int most, String about) {
            ObjectNode schema = schema("integer", about);
            schema.put("default", standard).put("minimum", least).put("maximum", most);
            return new Field(name, schema, false, null);
        }

        static Field texts(String name, String about) {
            ObjectNode schema = schema("array", about);
            schema.putObject("items").put("type", "string");
            return new Field(name, schema, false, null);
        }

        Field must() {
            return new Field(name, schema, true, id);
        }

        private static ObjectNode schema(String type, String about) {
            return Json.object().put("type", type).put("description", about);
        }

        private String type() {
            return schema.path("type").asText();
        }

        private void check(JsonNode value) {
            boolean fits = switch (type()) {
                case "integer" ->
                    value.canConvertToInt()
                            && value.canConvertToExactIntegral()
                            && value.intValue() >= schema.path("minimum").intValue()
                            && value.intValue() <= schema.path("maximum").intValue();
                case "array" -> {
                    boolean texts = value.isArray();
                    for (JsonNode item : value) {
                        texts &= item.isTextual();
                    }
                    yield texts;
                }
                default -> value.isTextual();
            };
            if (!fits) {
                throw Problem.invalid(name + " must be "
                        + switch (type()) {
                            case "integer" ->
                                "a whole number from " + schema.path("minimum") + " to " + schema.path("maximum");
                            case "array" -> "a list of texts";
                            default -> "a text";
                        }
                        + ".");
            }
            if (id != null && !id.fits(value.textValue())) {
                throw Problem.invalid(name + " must be an id: " + id.prefix() + "- and a UUID.");
            }
        }
    }

    /** The input, checked against the fields of its tool; null stands for an argument that is not there. */
    static ToolInput of(JsonNode given, List<Field> fields) {
        if (!given.isMissingNode() && !given.isObject()) {
            throw Problem.invalid("arguments must be an object.");
        }
        List<String> known = fields.stream().map(Field::name).toList();
        given.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw Problem.invalid(
                        "There is no argument " + name + ". The arguments are: " + String.join(", ", known) + ".");
            }
        });
        for (Field field : fields) {
            if (given.hasNonNull(field.name())) {
                field.check(given.path(field.name()));
            } else if (field.required()) {
                throw Problem.invalid("The argument " + field.name() + " is missing.");
            }
        }
        return new ToolInput(given);
    }

    /** The ids among the arguments, by name. */
    Map<String, String> ids(List<Field> fields) {
        Map<String, String> out = new LinkedHashMap<>();
        for (Field field : fields) {
            if (field.id() != null && json.hasNonNull(field.name())) {
                out.put(field.name(), text(field.name()));
            }
        }
        return out;
    }

    String text(String name) {
        return json.path(name).asText("");
    }

    @Nullable
    String maybe(String name) {
        return json.path(name).textValue();
    }

    int whole(ToolInput.Field field) {
        return json.path(field.name()).asInt(field.schema().path("default").intValue());
    }

    List<String> texts(String name) {
        List<String> out = new ArrayList<>();
        json.path(name).forEach(item -> out.add(item.textValue()));
        return out;
    }
}
