package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.account.Access;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request as a route sees it: authenticated, its path ids checked, its body bounded and parsed. Confined to the request's thread.
 *
 * @param id of the request, in the answer's {@code x-request-id} and in the log
 * @param access what the caller may do, by what it showed at the door
 * @param path values of the path's slots
 * @param query texts by name, in order
 * @param headers looks a header up by its lower-case name
 * @param json the parsed body; missing node when there was none
 * @param content the unread body of a route that reads it itself
 */
record Call(
        String id,
        Actor actor,
        Caller caller,
        Access access,
        Map<String, String> path,
        Map<String, List<String>> query,
        Function<String, @Nullable String> headers,
        JsonNode json,
        Supplier<InputStream> content) {
    /** The same call with another body. */
    Call with(JsonNode body) {
        return new Call(id, actor, caller, access, path, query, headers, body, content);
    }

    String org() {
        return actor.org();
    }

    String user() {
        return actor.userId();
    }

    /** The value of a slot of the route's pattern. */
    String at(String slot) {
        String value = path.get(slot);
        if (value == null) {
            throw new IllegalArgumentException("the route has no slot " + slot);
        }
        return value;
    }

    /** The value of a query parameter that has a standard one. */
    <T> T at(Param<T> param) {
        return Objects.requireNonNull(maybe(param), param.name());
    }

    /** The value of a query parameter, null when it is absent and has no standard value. */
    <T> @Nullable T maybe(Param<T> param) {
        return param.reader().read(param.name(), query.getOrDefault(param.name(), List.of()));
    }

    boolean has(Param<?> param) {
        return query.containsKey(param.name());
    }

    @Nullable
    String header(String lowerCaseName) {
        return headers.apply(lowerCaseName);
    }

    /** The body as a record; throws Invalid. */
    <T> T body(Class<T> type) {
        return Binder.body(json, type);
    }

    /** As {@link #body(Class)} for bodies that may hold nothing else (contract 12 §1). */
    <T> T closedBody(Class<T> type) {
        return Binder.closed(json, type);
    }

    /** As {@link #body(Class)} for a tree that was changed before. */
    <T> T body(JsonNode tree, Class<T> type) {
        return Binder.body(tree, type);
    }
}
