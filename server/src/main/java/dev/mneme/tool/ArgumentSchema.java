package dev.mneme.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.message.ToolSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a tool, described once by a record: its components give names (in snake case), order, types and which may be
 * absent (those marked {@link Nullable}); {@link Doc} gives the words. Immutable.
 *
 * <p>Components may be String, Integer, Boolean, Double or a List of String.
 */
public final class ArgumentSchema<A extends Record> {
    private final String tool;
    private final Class<A> type;
    private final List<Argument> arguments;
    private final ToolSpec spec;

    private ArgumentSchema(String tool, Class<A> type, List<Argument> arguments) {
        this.tool = tool;
        this.type = type;
        this.arguments = arguments;
        this.spec = new ToolSpec(tool, doc(type.getAnnotation(Doc.class), tool).value(), schema(arguments));
    }

    /** Reads the record. Throws IllegalArgumentException for a component without {@link Doc} or of another type: a bug. */
    public static <A extends Record> ArgumentSchema<A> of(String tool, Class<A> type) {
        List<Argument> arguments = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            arguments.add(new Argument(
                    snake(component.getName()),
                    kind(component),
                    component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                    doc(component.getAnnotation(Doc.class), tool + "." + component.getName())));
        }
        return new ArgumentSchema<>(tool, type, List.copyOf(arguments));
    }

    public ToolSpec spec() {
        return spec;
    }

    /** The record that a call means. Unknown names are ignored; text that is plainly a number or a boolean counts as one. */
    public Parsed<A> parse(ObjectNode call) {
        List<String> missing = new ArrayList<>();
        @Nullable Object[] values = new Object[arguments.size()];
        for (int i = 0; i < values.length; i++) {
            Argument argument = arguments.get(i);
            JsonNode given = call.get(argument.name);
            if (given == null || given.isNull()) {
                if (!argument.optional) {
                    missing.add("'" + argument.name + "'");
                }
                continue;
            }
            Object value = argument.kind.read(given);
            if (value == null) {
                return new Parsed.Wrong<>(tool + "() argument '" + argument.name + "' must be " + argument.kind.words
                        + ", not " + cut(given.toString()));
            }
            values[i] = value;
        }
        if (!missing.isEmpty()) {
            return new Parsed.Wrong<>(tool + "() missing " + missing.size() + " required positional argument"
                    + (missing.size() == 1 ? "" : "s") + ": " + enumerated(missing));
        }
        return new Parsed.Arguments<>(make(values));
    }

    /** What came of reading a call. */
    public sealed interface Parsed<A extends Record> {
        record Arguments<A extends Record>(A value) implements Parsed<A> {}

        /** text names the argument that is missing or of a wrong type, in the words of a Python TypeError. */
        record Wrong<A extends Record>(String text) implements Parsed<A> {}
    }

    private A make(@Nullable Object[] values) {
        try {
            Class<?>[] types = new Class<?>[values.length];
            for (int i = 0; i < types.length; i++) {
                types[i] = type.getRecordComponents()[i].getType();
            }
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Argument(String name, Kind kind, boolean optional, Doc doc) {}

    private enum Kind {
        TEXT("string", "a string") {
            @Override
            @Nullable
            Object read(JsonNode given) {
                return given.isValueNode() ? given.asText() : null;
            }
        },
        WHOLE("integer", "an integer") {
            @Override
            @Nullable
            Object read(JsonNode given) {
                if (given.isNumber()) {
                    return given.canConvertToExactIntegral() && given.canConvertToInt()
                            ? Integer.valueOf(given.intValue())
                            : null;
                }
                try {
                    return given.isTextual() ? Integer.valueOf(given.asText().strip()) : null;
                } catch (NumberFormatException e) {
                    return null; // not a number: the caller says so
                }
            }
        },
        NUMBER("number", "a number") {
            @Override
            @Nullable
            Object read(JsonNode given) {
                try {
                    return given.isNumber() || given.isTextual()
                            ? Double.valueOf(given.asText().strip())
                            : null;
                } catch (NumberFormatException e) {
                    return null; // not a number: the caller says so
                }
            }
        },
        FLAG("boolean", "true or false") {
            @Override
            @Nullable
            Object read(JsonNode given) {
                return switch (given.asText().toLowerCase(Locale.ROOT)) {
                    case "true" -> Boolean.TRUE;
                    case "false" -> Boolean.FALSE;
                    default -> null;
                };
            }
        },
        TEXTS("array", "a list of strings") {
            @Override
            @Nullable
            Object read(JsonNode given) {
                if (given.isTextual()) {
                    return List.of(given.asText());
                }
                if (!given.isArray()) {
                    return null;
                }
                List<String> texts = new ArrayList<>(given.size());
                for (JsonNode item : given) {
                    if (!item.isValueNode() || item.isNull()) {
                        return null;
                    }
                    texts.add(item.asText());
                }
                return List.copyOf(texts);
            }
        };

        private final String schemaType;
        private final String words;

        Kind(String schemaType, String words) {
            this.schemaType = schemaType;
            this.words = words;
        }

        /** The value, null when the JSON is of another type. */
        abstract @Nullable Object read(JsonNode given);
    }

    private static Kind kind(RecordComponent component) {
        Class<?> type = component.getType();
        if (type == String.class) {
            return Kind.TEXT;
        }
        if (type == Integer.class || type == int.class) {
            return Kind.WHOLE;
        }
        if (type == Double.class || type == double.class) {
            return Kind.NUMBER;
        }
        if (type == Boolean.class || type == boolean.class) {
            return Kind.FLAG;
        }
        if (component.getGenericType() instanceof ParameterizedType list
                && list.getRawType() == List.class
                && list.getActualTypeArguments()[0] == String.class) {
            return Kind.TEXTS;
        }
        throw new IllegalArgumentException("No JSON schema for " + component);
    }

    private static ObjectNode schema(List<Argument> arguments) {
        ObjectNode properties = Json.object();
        ArrayNode required = Json.array();
        for (Argument argument : arguments) {
            ObjectNode property = properties.putObject(argument.name).put("type", argument.kind.schemaType);
            ObjectNode valued = property;
            if (argument.kind == Kind.TEXTS) {
                valued = property.putObject("items").put("type", "string");
            }
            if (argument.doc.oneOf().length > 0) {
                ArrayNode values = valued.putArray("enum");
                for (String value : argument.doc.oneOf()) {
                    values.add(value);
                }
            }
            property.put("description", argument.doc.value());
            if (!argument.optional) {
                required.add(argument.name);
            }
        }
        ObjectNode schema = Json.object().put("type", "object");
        schema.set("properties", properties);
        schema.set("required", required);
        return schema;
    }

    private static Doc doc(@Nullable Doc doc, String where) {
        if (doc == null) {
            throw new IllegalArgumentException(where + " has no @Doc");
        }
        return doc;
    }

    private static String snake(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    private static String enumerated(List<String> names) {
        int last = names.size() - 1;
        return switch (names.size()) {
            case 1 -> names.getFirst();
            case 2 -> names.get(0) + " and " + names.get(1);
            default -> String.join(", ", names.subList(0, last)) + ", and " + names.get(last);
        };
    }

    private static String cut(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
