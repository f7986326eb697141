package dev.mneme.http;

import dev.mneme.base.Clock;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Browsers that have shown a secret once. Each has a random token in a cookie that scripts cannot read; the token stands for the secret only
 * in requests of our own pages, so that no other site and no page on another local port can use it. Kept in memory: a restart asks again.
 * Thread-safe.
 */
final class Sessions {
    static final String COOKIE = "mneme_session";
    /** How long a session lives after it was opened. */
    static final Duration LIFE = Duration.ofHours(12);
    /** Sessions at once; the oldest makes room. */
    private static final int MOST = 1_000;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Session> open = new ConcurrentHashMap<>();

    Sessions(Clock clock) {
        this.clock = clock;
    }

    private record Session(String secret, long until) {}

    /** Opens a session and returns its token. */
    String open(String secret) {
        long now = clock.now();
        open.values().removeIf(session -> session.until < now);
        while (open.size() >= MOST) {
            open.entrySet().stream()
                    .min(Map.Entry.comparingByValue((a, b) -> Long.compare(a.until, b.until)))
                    .ifPresent(oldest -> open.remove(oldest.getKey()));
        }
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        open.put(token, new Session(secret, now + Clock.micros(LIFE)));
        return token;
    }

    /** Ends the session of a request, if it has one. */
    void close(Function<String, @Nullable String> header) {
        String token = token(header.apply("cookie"));
        if (token != null) {
            open.remove(token);
        }
    }

    /** The same headers; a request of our own page that has a session and names no secret carries the session's. */
    Function<String, @Nullable String> over(Function<String, @Nullable String> header) {
        return name -> {
            String given = header.apply(name);
            return given == null && name.equals("authorization") ? carried(header) : given;
        };
    }

    private @Nullable String carried(Function<String, @Nullable String> header) {
        String token = token(header.apply("cookie"));
        Session session = token == null ? null : open.get(token);
        return session == null || session.until < clock.now() || !ownPage(header) ? null : "Bearer " + session.secret;
    }

    /** Whether our own page asks: browsers say so, and scripts cannot change what they say. */
    private static boolean ownPage(Function<String, @Nullable String> header) {
        String site = header.apply("sec-fetch-site");
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return false;
        }
        String origin = header.apply("origin");
        if (origin == null) {
            return true;
        }
        String host = header.apply("x-forwarded-host");
        try {
            return URI.create(origin).getAuthority() != null
                    && URI.create(origin).getAuthority().equalsIgnoreCase(host == null ? header.apply("host") : host);
        } catch (IllegalArgumentException e) {
            // "null" and other texts that are no origin
            return false;
        }
    }

    private static @Nullable String token(@Nullable String cookies) {
        if (cookies == null) {
            return null;
        }
        for (String cookie : cookies.split(";")) {
            String one = cookie.strip();
            if (one.startsWith(COOKIE + "=")) {
                return one.substring(COOKIE.length() + 1);
            }
        }
        return null;
    }
}
