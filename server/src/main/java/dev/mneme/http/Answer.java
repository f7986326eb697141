package dev.mneme.http;

import com.fasterxml.jackson.databind.node.NullNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a route says back. Immutable. */
sealed interface Answer {
    int status();

    /** Extra response headers, in lower case. */
    Map<String, String> headers();

    /** A JSON body: a wire record, a list of them, or a tree. */
    record Json(int status, Object body, Map<String, String> headers) implements Answer {}

    /** No body at all. */
    record Empty(int status, Map<String, String> headers) implements Answer {}

    /** A body that is ready: pages and files. */
    record Bytes(int status, String contentType, byte[] body, Map<String, String> headers) implements Answer {}

    /** A long body that lies in a file, which is deleted once it was sent. name: that a browser gives it; null: it is no download. */
    record Spooled(String contentType, @Nullable String name, Path file) implements Answer {
        @Override
        public int status() {
            return 200;
        }

        @Override
        public Map<String, String> headers() {
            return name == null
                    ? Map.of()
                    : Map.of(
                            "content-disposition",
                            "attachment; filename=\"" + name + "\"",
                            "cache-control",
                            "no-store");
        }
    }

    /** Server-sent events; the status line is sent before the first one. */
    record Stream(Events events) implements Answer {
        @Override
        public int status() {
            return 200;
        }

        @Override
        public Map<String, String> headers() {
            return Map.of();
        }
    }

    /** Writes the events of a stream; returns when there are no more. */
    @FunctionalInterface
    interface Events {
        void writeTo(SseWriter out);
    }

    static Answer ok(Object body) {
        return new Json(200, body, Map.of());
    }

    /** 200 with the JSON text {@code null}. */
    static Answer nothing() {
        return new Json(200, NullNode.getInstance(), Map.of());
    }

    static Answer noContent() {
        return new Empty(204, Map.of());
    }

    static Answer page(String contentType, String text) {
        return new Bytes(200, contentType, text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    static Answer stream(Events events) {
        return new Stream(events);
    }
}
