package dev.mneme.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON schemas of wire records, made from the records themselves. Collects what it meets; confined to one thread.
 *
 * <p>The names of what comes in are the binder's (snake case), those of what goes out are Jackson's: a record without
 * {@link JsonNaming} is written in camel case.
 */
final class Schemas {
    private final Map<String, ObjectNode> found = new TreeMap<>();
    private boolean outward;

    /** A reference to the schema of a type that answers consist of. */
    ObjectNode given(Type type) {
        outward = true;
        try {
            return of(type);
        } finally {
            outward = false;
        }
    }

    /** Every schema met so far, by name. */
    ObjectNode all() {
        ObjectNode out = Json.object();
        found.forEach(out::set);
        return out;
    }

    /** A reference to the schema of a type. */
    ObjectNode of(Type type) {
        if (type instanceof ParameterizedType generic) {
            if (generic.getRawType() == List.class) {
                ObjectNode list = Json.object().put("type", "array");
                list.set("items", of(generic.getActualTypeArguments()[0]));
                return list;
            }
            ObjectNode map = Json.object().put("type", "object");
            map.set("additionalProperties", of(generic.getActualTypeArguments()[1]));
            return map;
        }
        if (type == String.class) {
            return Json.object().put("type", "string");
        }
        if (type == boolean.class || type == Boolean.class) {
            return Json.object().put("type", "boolean");
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return Json.object().put("type", "integer");
        }
        if (type == double.class || type == Double.class) {
            return Json.object().put("type", "number");
        }
        if (type == float[].class) {
            ObjectNode numbers = Json.object().put("type", "array");
            numbers.putObject("items").put("type", "number");
            return numbers;
        }
        if (type == ObjectNode.class) {
            return Json.object().put("type", "object");
        }
        if (type instanceof Class<?> record && record.isRecord()) {
            return reference(record);
        }
        if (type instanceof Class<?> union && union.isSealed()) {
            ObjectNode out = Json.object();
            ArrayNode any = out.putArray("anyOf");
            for (Class<?> each : union.getPermittedSubclasses()) {
                any.add(of(each));
            }
            return out;
        }
        // a JSON tree: anything
        return type == JsonNode.class ? Json.object() : Json.object().put("type", "object");
    }

    private ObjectNode reference(Class<?> record) {
        String name = name(record);
        if (!found.containsKey(name)) {
            ObjectNode schema = Json.object().put("type", "object");
            found.put(name, schema);
            ObjectNode properties = schema.putObject("properties");
            ArrayNode required = schema.putArray("required");
            add(record, properties, required);
            if (required.isEmpty()) {
                schema.remove("required");
            }
        }
        return Json.object().put("$ref", "#/components/schemas/" + name);
    }

    private static String name(Class<?> record) {
        Class<?> outer = record.getDeclaringClass();
        return outer == null ? record.getSimpleName() : outer.getSimpleName() + record.getSimpleName();
    }

    private String name(Class<?> record, RecordComponent component) {
        return outward && !record.isAnnotationPresent(JsonNaming.class) ? component.getName() : Binder.name(component);
    }

    private void add(Class<?> record, ObjectNode properties, ArrayNode required) {
        for (RecordComponent component : record.getRecordComponents()) {
            if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
                add(component.getType(), properties, required);
                continue;
            }
            JsonProperty given = component.getAccessor().getAnnotation(JsonProperty.class);
            String name = given != null ? given.value() : name(record, component);
            ObjectNode schema = of(component.getGenericType());
            if (Binder.nullable(component)) {
                ObjectNode either = Json.object();
                either.putArray("anyOf").add(schema).addObject().put("type", "null");
                schema = schema.isEmpty() ? schema : either;
            } else {
                required.add(name);
            }
            properties.set(name, schema);
        }
    }
}
