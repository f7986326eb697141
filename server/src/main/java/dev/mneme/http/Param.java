package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One query parameter: its name, what it means and how its text is read. A route lists its parameters, reads them through the same objects,
 * and OpenAPI is made from them. Immutable.
 *
 * @param <T> what the handler gets; those without a standard value may give null: see {@link Call#maybe}
 */
record Param<T>(String name, String about, ObjectNode schema, boolean repeated, Reader<T> reader) {
    /** Turns the given texts (none: the parameter is absent) into a value. Throws Invalid. */
    @FunctionalInterface
    interface Reader<T> {
        @Nullable
        T read(String name, List<String> texts);
    }

    static Param<String> text(String name, String about) {
        return new Param<>(
                name, about, schema("string"), false, (n, given) -> given.isEmpty() ? null : given.getLast());
    }

    /** A text that must be there. */
    static Param<String> required(String name, String about) {
        return new Param<>(name, about, schema("string"), false, (n, given) -> {
            if (given.isEmpty()) {
                throw new Invalid(Invalid.Fault.missing(List.of("query", n)));
            }
            return given.getLast();
        });
    }

    /** An id of one kind; a malformed one is 400 (contract 12.1). */
    static Param<String> id(String name, IdKind kind, String about) {
        return new Param<>(name, about, schema("string"), false, (n, given) -> {
            if (given.isEmpty()) {
                return null;
            }
            String id = given.getLast();
            if (!kind.fits(id)) {
                throw malformed(kind, id);
            }
            return id;
        });
    }

    /** The contract's 400 for a malformed id in an untyped place. */
    static Problem malformed(IdKind kind, String id) {
        return Problem.invalid("Invalid " + kind.prefix().replace('-', ' ') + " ID format: " + id
                + ". Expected format: '" + kind.prefix() + "-<uuid4>'");
    }

    static Param<Integer> whole(String name, int standard, int least, int most, String about) {
        ObjectNode schema = schema("integer").put("default", standard).put("minimum", least);
        if (most < Integer.MAX_VALUE) {
            schema.put("maximum", most);
        }
        return new Param<>(name, about, schema, false, (n, given) -> {
            if (given.isEmpty()) {
                return standard;
            }
            return Math.toIntExact(within(n, given.getLast(), least, most));
        });
    }

    private static long within(String name, String text, long least, long most) {
        List<Object> place = List.of("query", name);
        long value;
        try {
            value = Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new Invalid(Invalid.Fault.of(
                    "int_parsing",
                    place,
                    "Input should be a valid integer, unable to parse string as an integer",
                    TextNode.valueOf(text)));
        }
        if (value < least) {
            throw new Invalid(new Invalid.Fault(
                    "greater_than_equal",
                    place,
                    "Input should be greater than or equal to " + least,
                    TextNode.valueOf(text),
                    Map.of("ge", least)));
        }
        if (value > most) {
            throw new Invalid(new Invalid.Fault(
                    "less_than_equal",
                    place,
                    "Input should be less than or equal to " + most,
                    TextNode.valueOf(text),
                    Map.of("le", most)));
        }
        return value;
    }

    /** A whole number or nothing. */
    static Param<Integer> maybeWhole(String name, int least, int most, String about) {
        return new Param<>(
                name,
                about,
                schema("integer"),
                false,
                (n, given) -> given.isEmpty()
                        ? null
                        : Integer.valueOf(Math.toIntExact(within(n, given.getLast(), least, most))));
    }

    /** A whole number that may be beyond an int, not negative, or nothing. */
    static Param<Long> maybeLong(String name, String about) {
        return new Param<>(
                name,
                about,
                schema("integer").put("minimum", 0),
                false,
                (n, given) -> given.isEmpty() ? null : Long.valueOf(within(n, given.getLast(), 0, Long.MAX_VALUE)));
    }

    static Param<List<Integer>> wholes(String name, String about) {
        return new Param<>(
                name,
                about,
                schema("integer"),
                true,
                (n, given) -> given.stream()
                        .map(text -> Math.toIntExact(within(n, text, 0, Integer.MAX_VALUE)))
                        .toList());
    }

    static Param<Boolean> flag(String name, boolean standard, String about) {
        return new Param<>(name, about, schema("boolean").put("default", standard), false, (n, given) -> {
            Boolean value = truth(n, given);
            return value == null ? standard : value;
        });
    }

    static Param<Boolean> maybe(String name, String about) {
        return new Param<>(name, about, schema("boolean"), false, Param::truth);
    }

    private static @Nullable Boolean truth(String name, List<String> given) {
        if (given.isEmpty()) {
            return null;
        }
        return switch (given.getLast().toLowerCase(Locale.ROOT)) {
            case "true", "1", "on", "t", "yes", "y" -> true;
            case "false", "0", "off", "f", "no", "n" -> false;
            default ->
                throw new Invalid(Invalid.Fault.of(
                        "bool_parsing",
                        List.of("query", name),
                        "Input should be a valid boolean, unable to interpret input",
                        TextNode.valueOf(given.getLast())));
        };
    }

    static Param<String> choice(String name, String standard, List<String> words, String about) {
        ObjectNode schema = schema("string").put("default", standard);
        words.forEach(schema.putArray("enum")::add);
        return new Param<>(
                name,
                about,
                schema,
                false,
                (n, given) -> given.isEmpty() ? standard : oneOf(List.of("query", n), given.getLast(), words));
    }

    static Param<String> maybeChoice(String name, List<String> words, String about) {
        ObjectNode schema = schema("string");
        words.forEach(schema.putArray("enum")::add);
        return new Param<>(
                name,
                about,
                schema,
                false,
                (n, given) -> given.isEmpty() ? null : oneOf(List.of("query", n), given.getLast(), words));
    }

    private static String oneOf(List<Object> place, String text, List<String> words) {
        if (words.contains(text)) {
            return text;
        }
        throw new Invalid(notOneOf(place, text, words));
    }

    static Invalid.Fault notOneOf(List<Object> place, String text, List<String> words) {
        String expected =
                String.join(" or ", words.stream().map(word -> "'" + word + "'").toList());
        return new Invalid.Fault(
                "literal_error",
                place,
                "Input should be " + expected,
                TextNode.valueOf(text),
                Map.of("expected", expected));
    }

    static Param<List<String>> many(String name, String about) {
        return new Param<>(name, about, schema("string"), true, (n, given) -> given);
    }

    /** Repeated words out of a list. */
    static Param<List<String>> manyOf(String name, List<String> words, String about) {
        ObjectNode schema = schema("string");
        words.forEach(schema.putArray("enum")::add);
        return new Param<>(name, about, schema, true, (n, given) -> {
            for (int i = 0; i < given.size(); i++) {
                oneOf(List.of("query", n, i), given.get(i), words);
            }
            return given;
        });
    }

    /** A date or date-time as written; {@link #micros} reads it, because a naive one depends on a zone. 422 when it is neither. */
    static Param<String> time(String name, String about) {
        return new Param<>(name, about, schema("string").put("format", "date-time"), false, (n, given) -> {
            if (given.isEmpty()) {
                return null;
            }
            String text = given.getLast();
            if (micros(text, ZoneOffset.UTC) == null) {
                throw new Invalid(Invalid.Fault.of(
                        "datetime_from_date_parsing",
                        List.of("query", n),
                        "Input should be a valid datetime or date (ISO 8601)",
                        TextNode.valueOf(text)));
            }
            return text;
        });
    }

    /** ISO-8601 text as microseconds since 1970 UTC; a text without offset is read in the zone; null when it is no time. */
    static @Nullable Long micros(String text, ZoneId zone) {
        // a plus sign that arrived as a blank because a client did not escape it
        String iso = text.strip().replace(' ', text.indexOf('T') > 0 ? '+' : 'T');
        try {
            if (iso.length() == 10) {
                return Clock.micros(LocalDate.parse(iso).atStartOfDay(zone).toInstant());
            }
            Instant instant = iso.endsWith("Z") || iso.indexOf('+', 10) > 0 || iso.indexOf('-', 10) > 0
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).atZone(zone).toInstant();
            return Clock.micros(instant);
        } catch (DateTimeException e) {
            // not a time: the caller words the refusal
            return null;
        }
    }

    private static ObjectNode schema(String type) {
        return Json.object().put("type", type);
    }
}
