package dev.mneme.tool.sandbox.inmate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Types;
import org.jspecify.annotations.Nullable;

/** JSON schema of Java types. docs: what {@code @param} says about the components of a record. */
final class JsonTypes {
    /** A record within records that holds itself must end somewhere. */
    private static final int DEEPEST = 8;

    private static final Set<String> TEXTS = Set.of(
            "java.lang.String", "java.lang.CharSequence", "java.lang.Character", "java.util.UUID", "java.net.URI");
    private static final Set<String> WHOLE =
            Set.of("java.lang.Integer", "java.lang.Long", "java.lang.Short", "java.lang.Byte", "java.math.BigInteger");
    private static final Set<String> NUMBERS =
            Set.of("java.lang.Double", "java.lang.Float", "java.lang.Number", "java.math.BigDecimal");
    private static final Set<String> LISTS = Set.of(
            "java.util.List",
            "java.util.Set",
            "java.util.Collection",
            "java.lang.Iterable",
            "java.util.SequencedCollection");

    private final Types types;
    private final Function<Element, Map<String, String>> docs;

    JsonTypes(Types types, Function<Element, Map<String, String>> docs) {
        this.types = types;
        this.docs = docs;
    }

    /** schema null: the type has none. optional: the argument may be left out. */
    record Found(@Nullable ObjectNode schema, boolean optional) {}

    Found of(TypeMirror type, int depth) {
        if (type.getKind().isPrimitive()) {
            return found(
                    switch (type.getKind()) {
                        case BOOLEAN -> "boolean";
                        case CHAR -> "string";
                        case FLOAT, DOUBLE -> "number";
                        default -> "integer";
                    });
        }
        if (type instanceof ArrayType array) {
            return list(array.getComponentType(), depth);
        }
        return type.getKind() == TypeKind.DECLARED && type instanceof DeclaredType declared
                ? declared(declared, depth)
                : new Found(null, false);
    }

    private Found declared(DeclaredType type, int depth) {
        TypeElement element = (TypeElement) type.asElement();
        String name = element.getQualifiedName().toString();
        List<? extends TypeMirror> inner = type.getTypeArguments();
        if (TEXTS.contains(name)) {
            return found("string");
        }
        if (WHOLE.contains(name)) {
            return found("integer");
        }
        if (NUMBERS.contains(name)) {
            return found("number");
        }
        if (LISTS.contains(name)) {
            return inner.isEmpty() ? found("array") : list(inner.getFirst(), depth);
        }
        return switch (name) {
            case "java.lang.Boolean" -> found("boolean");
            case "java.lang.Object" -> new Found(Values.MAPPER.createObjectNode(), false);
            case "java.util.Optional" ->
                new Found(
                        inner.isEmpty() ? null : of(inner.getFirst(), depth + 1).schema(), true);
            case "java.util.Map" -> map(inner, depth);
            default -> own(element, type, depth);
        };
    }

    private static Found found(String word) {
        return new Found(Values.MAPPER.createObjectNode().put("type", word), false);
    }

    private Found list(TypeMirror item, int depth) {
        ObjectNode items = of(item, depth + 1).schema();
        if (items == null) {
            return new Found(null, false);
        }
        ObjectNode schema = Values.MAPPER.createObjectNode().put("type", "array");
        schema.set("items", items);
        return new Found(schema, false);
    }

    private Found map(List<? extends TypeMirror> inner, int depth) {
        ObjectNode schema = Values.MAPPER.createObjectNode().put("type", "object");
        if (inner.size() == 2) {
            ObjectNode values = of(inner.get(1), depth + 1).schema();
            if (values == null) {
                return new Found(null, false);
            }
            schema.set("additionalProperties", values);
        }
        return new Found(schema, false);
    }

    /** Enums and records. */
    private Found own(TypeElement element, DeclaredType type, int depth) {
        if (element.getKind() == ElementKind.ENUM) {
            ObjectNode schema = Values.MAPPER.createObjectNode().put("type", "string");
            var values = schema.putArray("enum");
            for (Element each : element.getEnclosedElements()) {
                if (each.getKind() == ElementKind.ENUM_CONSTANT) {
                    values.add(each.getSimpleName().toString());
                }
            }
            return new Found(schema, false);
        }
        if (element.getKind() != ElementKind.RECORD || depth > DEEPEST) {
            return new Found(null, false);
        }
        Map<String, String> said = docs.apply(element);
        ObjectNode schema = Values.MAPPER.createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        var required = schema.putArray("required");
        for (RecordComponentElement component : element.getRecordComponents()) {
            Found found = of(
                    types.asMemberOf(type, component.getAccessor())
                                    instanceof javax.lang.model.type.ExecutableType accessor
                            ? accessor.getReturnType()
                            : component.asType(),
                    depth + 1);
            if (found.schema() == null) {
                return found;
            }
            String name = component.getSimpleName().toString();
            if (said.containsKey(name)) {
                found.schema().put("description", said.get(name));
            }
            properties.set(name, found.schema());
            if (!found.optional()) {
                required.add(name);
            }
        }
        return new Found(schema, false);
    }
}
