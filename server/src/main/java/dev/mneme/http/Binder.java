package dev.mneme.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON body into a wire record and says everything that does not fit, in the contract's words. Unknown keys are ignored
 * unless the body is a closed one.
 *
 * <p>The record is the description: a component marked {@code @Nullable} may be absent or null, any other must be there. Components are
 * texts, booleans, whole and other numbers, JSON trees, records, lists of these and maps of text. Names are snake case.
 */
final class Binder {
    private static final PropertyNamingStrategies.SnakeCaseStrategy NAMES =
            new PropertyNamingStrategies.SnakeCaseStrategy();

    private final List<Invalid.Fault> faults = new ArrayList<>();

    private final boolean closed;

    private Binder(boolean closed) {
        this.closed = closed;
    }

    static <T> T body(JsonNode json, Class<T> type) {
        return body(json, type, false);
    }

    /** As {@link #body}, but a key that means nothing is a fault (contract 12 §1). */
    static <T> T closed(JsonNode json, Class<T> type) {
        return body(json, type, true);
    }

    private static <T> T body(JsonNode json, Class<T> type, boolean closed) {
        if (json.isMissingNode()) {
            throw new Invalid(Invalid.Fault.missing(List.of("body")));
        }
        Binder binder = new Binder(closed);
        Object value = binder.record(json, type, List.of("body"));
        if (!binder.faults.isEmpty() || value == null) {
            throw new Invalid(binder.faults, null);
        }
        return type.cast(value);
    }

    /** The JSON name of a component. */
    static String name(RecordComponent component) {
        JsonProperty said = component.getAccessor().getAnnotation(JsonProperty.class);
        return said == null ? NAMES.translate(component.getName()) : said.value();
    }

    static boolean nullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private @Nullable Object record(JsonNode json, Class<?> type, List<Object> place) {
        if (!(json instanceof ObjectNode object)) {
            return fault(
                    "model_attributes_type",
                    place,
                    "Input should be a valid dictionary or object to extract fields from",
                    json);
        }
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        int before = faults.size();
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            types[i] = component.getType();
            JsonNode given = object.path(name(component));
            List<Object> inside = with(place, name(component));
            if (given.isMissingNode() || given.isNull()) {
                if (!nullable(component)) {
                    if (given.isMissingNode()) {
                        faults.add(Invalid.Fault.missing(inside));
                    } else {
                        value(NullNode.getInstance(), component.getGenericType(), inside);
                    }
                }
                continue;
            }
            values[i] = value(given, component.getGenericType(), inside);
        }
        if (closed) {
            refuseOthers(object, components, place);
        }
        if (faults.size() > before) {
            return null;
        }
        return construct(type, types, values);
    }

    private void refuseOthers(ObjectNode object, RecordComponent[] components, List<Object> place) {
        Set<String> known = new HashSet<>();
        for (RecordComponent component : components) {
            known.add(name(component));
        }
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            if (!known.contains(field.getKey())) {
                fault(
                        "extra_forbidden",
                        with(place, field.getKey()),
                        "Extra inputs are not permitted",
                        field.getValue());
            }
        }
    }

    private static Object construct(Class<?> type, Class<?>[] types, Object[] values) {
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("wire record " + type.getName() + " cannot be made", e);
        }
    }

    private @Nullable Object value(JsonNode json, Type type, List<Object> place) {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == List.class
                    ? list(json, generic.getActualTypeArguments()[0], place)
                    : map(json, generic.getActualTypeArguments()[1], place);
        }
        if (type == String.class) {
            return json.isTextual()
                    ? json.textValue()
                    : fault("string_type", place, "Input should be a valid string", json);
        }
        if (type == Boolean.class || type == boolean.class) {
            return truth(json, place);
        }
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return whole(json, type == Long.class || type == long.class, place);
        }
        if (type == Double.class || type == double.class) {
            return number(json, place);
        }
        if (type == JsonNode.class) {
            return json;
        }
        if (type == ObjectNode.class) {
            return json.isObject() ? json : fault("dict_type", place, "Input should be a valid dictionary", json);
        }
        if (type instanceof Class<?> nested && nested.isRecord()) {
            return record(json, nested, place);
        }
        throw new IllegalArgumentException("wire records cannot hold " + type);
    }

    private @Nullable Object list(JsonNode json, Type of, List<Object> place) {
        if (!json.isArray()) {
            return fault("list_type", place, "Input should be a valid list", json);
        }
        List<Object> out = new ArrayList<>(json.size());
        for (int i = 0; i < json.size(); i++) {
            Object value = value(json.get(i), of, with(place, i));
            if (value != null) {
                out.add(value);
            }
        }
        return List.copyOf(out);
    }

    private @Nullable Object map(JsonNode json, Type of, List<Object> place) {
        if (!json.isObject()) {
            return fault("dict_type", place, "Input should be a valid dictionary", json);
        }
        Map<String, Object> out = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            Object value = value(field.getValue(), of, with(place, field.getKey()));
            if (value != null) {
                out.put(field.getKey(), value);
            }
        }
        return out;
    }

    private @Nullable Object truth(JsonNode json, List<Object> place) {
        if (json.isBoolean()) {
            return json.booleanValue();
        }
        return switch (json.asText().toLowerCase(Locale.ROOT)) {
            case "true", "1", "on", "t", "yes", "y" -> true;
            case "false", "0", "off", "f", "no", "n" -> false;
            default -> fault("bool_parsing", place, "Input should be a valid boolean, unable to interpret input", json);
        };
    }

    private @Nullable Object whole(JsonNode json, boolean wide, List<Object> place) {
        try {
            boolean usable = json.isTextual()
                    || (json.isNumber()
                            && json.decimalValue().stripTrailingZeros().scale() <= 0);
            if (usable) {
                long value = json.isTextual()
                        ? Long.parseLong(json.textValue().strip())
                        : json.decimalValue().longValueExact();
                return wide ? (Object) value : (Object) Math.toIntExact(value);
            }
        } catch (ArithmeticException e) {
            return fault("int_parsing_size", place, "Input should be a smaller whole number", json);
        } catch (NumberFormatException e) {
            // falls through to the refusal below
        }
        return json.isNumber()
                ? fault(
                        "int_from_float",
                        place,
                        "Input should be a valid integer, got a number with a fractional part",
                        json)
                : fault("int_type", place, "Input should be a valid integer", json);
    }

    private @Nullable Object number(JsonNode json, List<Object> place) {
        if (json.isNumber()) {
            return json.doubleValue();
        }
        return fault("float_type", place, "Input should be a valid number", json);
    }

    private @Nullable Object fault(String type, List<Object> place, String message, JsonNode given) {
        faults.add(Invalid.Fault.of(type, place, message, given instanceof MissingNode ? null : given));
        return null;
    }

    private static List<Object> with(List<Object> place, Object part) {
        List<Object> out = new ArrayList<>(place);
        out.add(part);
        return out;
    }

    /** An empty object stands for a body that was left out. */
    static JsonNode orEmpty(JsonNode json) {
        return json.isMissingNode() || json.isNull() ? Json.object() : json;
    }
}
