package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;

/** Whether a JSON value is of the type that a tool's schema asks for. Pure; looks at the type alone, not at what is inside. */
final class ArgumentType {
    private ArgumentType() {}

    /** A property without a type takes anything. */
    static boolean fits(JsonNode value, JsonNode property) {
        JsonNode type = property.path("type");
        if (type.isArray()) {
            for (JsonNode one : type) {
                if (is(value, one.asText())) {
                    return true;
                }
            }
            return type.isEmpty();
        }
        return !type.isTextual() || is(value, type.textValue());
    }

    private static boolean is(JsonNode value, String type) {
        return switch (type) {
            case "string" -> value.isTextual();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            case "null" -> value.isNull();
            default -> true;
        };
    }
}
