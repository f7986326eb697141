package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Checks of single fields that creating and changing an agent share. Pure. */
final class Fields {
    /** Files open at once (contract 01 §4.6). */
    private static final int MOST_FILES = 1_000;

    private Fields() {}

    /** 422 unless it is a time zone that exists. */
    static void timezone(@Nullable String timezone) {
        if (timezone == null) {
            return;
        }
        try {
            ZoneId.of(timezone);
        } catch (DateTimeException e) {
            throw Problem.unprocessable(
                    "Unknown timezone '" + timezone + "': use a name such as Europe/Berlin, or UTC.");
        }
    }

    /** 422 unless it is a response format of the contract: text, json_object, or json_schema with its schema. */
    static void responseFormat(@Nullable JsonNode format) {
        if (format == null || format.isNull()) {
            return;
        }
        boolean fits = switch (format.path("type").asText("")) {
            case "text", "json_object" -> true;
            case "json_schema" -> format.path("json_schema").isObject();
            default -> false;
        };
        if (!fits) {
            throw Problem.unprocessable(
                    "A response_format has the type 'text', 'json_object', or 'json_schema' with an object json_schema.");
        }
    }

    /** 400 when a limit of the file view is out of range. */
    static void files(@Nullable Integer maxFilesOpen, @Nullable Integer perFileChars) {
        if (maxFilesOpen != null && maxFilesOpen > MOST_FILES) {
            throw Problem.invalid("max_files_open cannot exceed " + MOST_FILES + ". Got: " + maxFilesOpen);
        }
        if (maxFilesOpen != null && maxFilesOpen < 0) {
            throw Problem.invalid("max_files_open cannot be negative. Got: " + maxFilesOpen);
        }
        if (perFileChars != null && perFileChars < 0) {
            throw Problem.invalid("per_file_view_window_char_limit cannot be negative. Got: " + perFileChars);
        }
    }

    /** 400 in the contract's words when tools are missing (01 §4.4). */
    static void noneMissing(String by, Collection<String> wanted, Collection<String> found) {
        Set<String> missing = new LinkedHashSet<>(wanted);
        missing.removeAll(Set.copyOf(found));
        if (missing.isEmpty()) {
            return;
        }
        String list = missing.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ", "{", "}"));
        throw new Problem(
                ProblemCode.INVALID_ARGUMENT,
                "Tools not found by " + by + ":" + (by.equals("id") ? "   " : " ") + list);
    }
}
