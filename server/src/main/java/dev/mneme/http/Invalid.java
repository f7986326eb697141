package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that does not have the right shape: status 422. Its {@code detail} is the contract's printed list (01 §2); {@code errors} is the
 * same as a JSON array for people.
 */
final class Invalid extends RuntimeException {
    private static final long serialVersionUID = 1;
    /** Longest piece of the caller's own input that an answer repeats, in characters. */
    private static final int ECHO = 200;

    private final transient List<Fault> faults;
    private final @Nullable String example;

    Invalid(List<Fault> faults, @Nullable String example) {
        super("request does not fit", null, false, false);
        this.faults = List.copyOf(faults);
        this.example = example;
    }

    Invalid(Fault fault) {
        this(List.of(fault), null);
    }

    /**
     * One thing that is wrong.
     *
     * @param type the contract's word for it, such as {@code missing}
     * @param place where: path, query or body, then keys and positions
     * @param input what was given, null when nothing was
     * @param context more about what would have been right
     */
    record Fault(
            String type,
            List<Object> place,
            String message,
            @Nullable JsonNode input,
            Map<String, Object> context) {
        static Fault of(String type, List<Object> place, String message, @Nullable JsonNode input) {
            return new Fault(type, place, message, input, Map.of());
        }

        /** An id that is not one of its kind. */
        static Fault mismatch(IdKind kind, List<Object> place, String given) {
            String pattern = kind.prefix() + "-{uuid4}";
            return new Fault(
                    "string_pattern_mismatch",
                    place,
                    "String should match pattern '" + pattern + "'",
                    TextNode.valueOf(given),
                    Map.of("pattern", pattern));
        }

        static Fault missing(List<Object> place) {
            return of("missing", place, "Field required", null);
        }
    }

    /** The whole body of the answer. */
    ObjectNode body() {
        ObjectNode body = Json.object().put("trace_id", "").put("detail", detail());
        if (example != null) {
            body.putArray("examples").add(example);
        }
        ArrayNode errors = body.putArray("errors");
        for (Fault fault : faults) {
            ObjectNode error = errors.addObject();
            error.put("type", fault.type());
            ArrayNode place = error.putArray("loc");
            fault.place().forEach(part -> place.add(Json.tree(part)));
            error.put("msg", fault.message());
        }
        return body;
    }

    private String detail() {
        List<String> texts = new ArrayList<>();
        for (Fault fault : faults) {
            StringBuilder out = new StringBuilder("{'type': ").append(PythonText.quoted(fault.type()));
            out.append(", 'loc': (");
            List<Object> place = fault.place();
            for (int i = 0; i < place.size(); i++) {
                out.append(i == 0 ? "" : ", ").append(PythonText.repr(Json.tree(place.get(i))));
            }
            out.append(place.size() == 1 ? ",)" : ")");
            out.append(", 'msg': ").append(PythonText.quoted(fault.message()));
            out.append(", 'input': ").append(echo(fault.input()));
            if (!fault.context().isEmpty()) {
                out.append(", 'ctx': ").append(PythonText.repr(Json.tree(fault.context())));
            }
            texts.add(out.append('}').toString());
        }
        return "[" + String.join(", ", texts) + "]";
    }

    private static String echo(@Nullable JsonNode input) {
        if (input == null) {
            return "None";
        }
        if (input.isContainerNode()) {
            return input.isArray() ? "[…]" : "{…}";
        }
        String text = PythonText.repr(input);
        return text.length() <= ECHO ? text : text.substring(0, ECHO) + "…";
    }
}
