package dev.mneme.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Methods of this program that an agent may call while it answers. Immutable; the methods run on the thread that sends.
 *
 * <p>Arguments may be String, numbers, boolean, enums, lists, maps, and records of these. A method that throws gives the agent the
 * exception's text, and the turn goes on.
 */
public final class Tools {
    private final Map<String, Tool> byName = new LinkedHashMap<>();

    private record Tool(Object owner, Method method, ObjectNode spec) {}

    private Tools() {}

    /**
     * Every method of these objects that carries {@link ToolMethod}.
     *
     * @throws IllegalArgumentException when one has an argument without {@link Arg}, or two have one name
     */
    public static Tools of(Object... owners) {
        Tools tools = new Tools();
        for (Object owner : owners) {
            for (Method method : owner.getClass().getMethods()) {
                ToolMethod words = method.getAnnotation(ToolMethod.class);
                if (words != null) {
                    method.setAccessible(true);
                    String name = words.name().isEmpty() ? method.getName() : words.name();
                    if (tools.byName.put(name, new Tool(owner, method, spec(name, words.value(), method))) != null) {
                        throw new IllegalArgumentException("two tools are called " + name);
                    }
                }
            }
        }
        if (tools.byName.isEmpty()) {
            throw new IllegalArgumentException("no public method carries @ToolMethod");
        }
        return tools;
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    ArrayNode specs() {
        ArrayNode all = Http.JSON.createArrayNode();
        byName.values().forEach(tool -> all.add(tool.spec));
        return all;
    }

    /** Runs a call and gives the part of the next request that answers it. */
    ObjectNode answer(Message.Call call) {
        ObjectNode answer = Http.JSON.createObjectNode().put("type", "tool").put("tool_call_id", call.id());
        try {
            Object value = run(byName.get(call.name()), call.arguments());
            String text = value instanceof String || value == null
                    ? String.valueOf(value)
                    : Http.JSON.writeValueAsString(value);
            return answer.put("tool_return", text).put("status", "success");
        } catch (InvocationTargetException e) {
            return answer.put("tool_return", String.valueOf(e.getCause())).put("status", "error");
        } catch (JsonProcessingException | IllegalArgumentException e) {
            return answer.put("tool_return", "The arguments do not fit: " + e.getMessage())
                    .put("status", "error");
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(call.name() + " is not public", e);
        }
    }

    private static Object run(Tool tool, String arguments)
            throws JsonProcessingException, InvocationTargetException, IllegalAccessException {
        JsonNode given = Http.JSON.readTree(arguments.isBlank() ? "{}" : arguments);
        Parameter[] parameters = tool.method.getParameters();
        Object[] values = new Object[parameters.length];
        for (int i = 0; i < values.length; i++) {
            Arg arg = parameters[i].getAnnotation(Arg.class);
            JsonNode value = given.path(arg.value());
            if (value.isMissingNode() && !arg.optional()) {
                throw new IllegalArgumentException("'" + arg.value() + "' is missing");
            }
            JavaType type = Http.JSON.constructType(parameters[i].getParameterizedType());
            values[i] = value.isMissingNode() || value.isNull()
                    ? nothing(type.getRawClass())
                    : Http.JSON.treeToValue(value, type);
        }
        return tool.method.invoke(tool.owner, values);
    }

    private static Object nothing(Class<?> type) {
        if (!type.isPrimitive()) {
            return null;
        }
        return type == boolean.class ? Boolean.FALSE : Http.JSON.convertValue(0, type);
    }

    private static ObjectNode spec(String name, String description, Method method) {
        ObjectNode spec = Http.JSON.createObjectNode().put("name", name).put("description", description);
        ObjectNode schema = spec.putObject("parameters").put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        for (Parameter parameter : method.getParameters()) {
            Arg arg = parameter.getAnnotation(Arg.class);
            if (arg == null) {
                throw new IllegalArgumentException("an argument of " + name + " has no @Arg");
            }
            ObjectNode property = typed(Http.JSON.constructType(parameter.getParameterizedType()));
            if (!arg.doc().isEmpty()) {
                property.put("description", arg.doc());
            }
            properties.set(arg.value(), property);
            if (!arg.optional()) {
                required.add(arg.value());
            }
        }
        return spec;
    }

    private static ObjectNode typed(JavaType type) {
        ObjectNode schema = Http.JSON.createObjectNode();
        Class<?> raw = type.getRawClass();
        if (raw == String.class || raw == char.class) {
            return schema.put("type", "string");
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return schema.put("type", "boolean");
        }
        if (raw == int.class || raw == Integer.class || raw == long.class || raw == Long.class || raw == short.class) {
            return schema.put("type", "integer");
        }
        if (raw.isPrimitive() || Number.class.isAssignableFrom(raw)) {
            return schema.put("type", "number");
        }
        if (raw.isEnum()) {
            ArrayNode values = schema.put("type", "string").putArray("enum");
            for (Object value : raw.getEnumConstants()) {
                values.add(((Enum<?>) value).name());
            }
            return schema;
        }
        if (raw.isArray() || Collection.class.isAssignableFrom(raw)) {
            schema.put("type", "array").set("items", typed(type.getContentType()));
            return schema;
        }
        schema.put("type", "object");
        if (raw.isRecord()) {
            ObjectNode properties = schema.putObject("properties");
            ArrayNode required = schema.putArray("required");
            for (var component : raw.getRecordComponents()) {
                properties.set(component.getName(), typed(Http.JSON.constructType(component.getGenericType())));
                required.add(component.getName());
            }
        }
        return schema;
    }
}
