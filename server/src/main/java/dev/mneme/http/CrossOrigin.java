package dev.mneme.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which web pages may read answers (CORS, contract 12.1). Immutable, thread-safe. */
final class CrossOrigin {
    /** Seconds that a browser may remember a preflight. */
    private static final String MAX_AGE = "600";

    private static final String METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

    private final Door door;
    private final Predicate<String> guests;

    /** guests: whether a page of an origin may hold an access token. */
    CrossOrigin(Door door, Predicate<String> guests) {
        this.door = door;
        this.guests = guests;
    }

    static boolean isPreflight(String method, Function<String, @Nullable String> header) {
        return method.equals("OPTIONS")
                && header.apply("origin") != null
                && header.apply("access-control-request-method") != null;
    }

    /** Headers of every answer to a request with an Origin. */
    Map<String, String> headers(Function<String, @Nullable String> header) {
        String origin = header.apply("origin");
        if (origin == null) {
            return Map.of();
        }
        Map<String, String> out = new LinkedHashMap<>();
        out.put("access-control-allow-credentials", "true");
        if (allowed(origin, header)) {
            out.put("access-control-allow-origin", origin);
            out.put("access-control-expose-headers", "x-request-id");
            out.put("vary", "Origin");
        }
        return out;
    }

    /** The answer to a preflight: 200 for pages we know, 400 for others. */
    Answer preflight(Function<String, @Nullable String> header) {
        String origin = String.valueOf(header.apply("origin"));
        Map<String, String> out = new LinkedHashMap<>();
        out.put("access-control-allow-methods", METHODS);
        out.put("access-control-max-age", MAX_AGE);
        String wanted = header.apply("access-control-request-headers");
        if (wanted != null) {
            out.put("access-control-allow-headers", wanted);
        }
        boolean allowed = allowed(origin, header);
        byte[] text = (allowed ? "OK" : "Disallowed CORS origin").getBytes(StandardCharsets.UTF_8);
        return new Answer.Bytes(allowed ? 200 : 400, "text/plain; charset=utf-8", text, out);
    }

    private boolean allowed(String origin, Function<String, @Nullable String> header) {
        return origin.indexOf('\r') < 0
                && origin.indexOf('\n') < 0
                && (door.ownOrigin(origin, header.apply("host")) || guests.test(origin.toLowerCase(Locale.ROOT)));
    }
}
