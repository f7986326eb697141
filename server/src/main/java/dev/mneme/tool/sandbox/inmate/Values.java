package dev.mneme.tool.sandbox.inmate;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns JSON into what a method takes, and what it returns into JSON. */
final class Values {
    static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .build();

    private Values() {}

    /** given null: the argument is missing. Throws IllegalArgumentException that names it when it does not fit. */
    static @Nullable Object argument(String name, @Nullable JsonNode given, Type type) {
        if (type instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
            return given == null || given.isNull()
                    ? Optional.empty()
                    : Optional.ofNullable(argument(name, given, generic.getActualTypeArguments()[0]));
        }
        if (given == null) {
            throw new IllegalArgumentException("the argument '" + name + "' is missing");
        }
        try {
            return MAPPER.readerFor(MAPPER.constructType(type)).readValue(given);
        } catch (java.io.IOException e) {
            String why = e.getMessage() == null
                    ? ""
                    : e.getMessage().lines().findFirst().orElse("");
            throw new IllegalArgumentException("the argument '" + name + "' does not fit: " + why);
        }
    }

    /** What has no JSON form is text. */
    static JsonNode result(@Nullable Object value) {
        Object plain = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        try {
            JsonNode tree = MAPPER.valueToTree(plain);
            boolean empty = tree.isObject()
                    && tree.isEmpty()
                    && !(plain instanceof java.util.Map)
                    && !(plain instanceof Record);
            return empty ? MAPPER.valueToTree(String.valueOf(plain)) : tree;
        } catch (IllegalArgumentException e) {
            return MAPPER.valueToTree(String.valueOf(plain));
        }
    }
}
