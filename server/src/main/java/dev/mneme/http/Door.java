package dev.mneme.http;

import dev.mneme.account.Access;
import dev.mneme.account.ApiKeys;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in. Immutable, thread-safe.
 *
 * <p>A plain loopback request (from this machine, with no header of a proxy) needs no password unless the server is secure; then its Host
 * and Origin must be this machine's own, so that no web page and no rebound DNS name can use it. Everything else authenticates.
 *
 * @param secure whether loopback needs the password too
 * @param authOff nobody needs a password
 * @param hosts further host names by which this server may be addressed without a password, lower case, no port
 * @param origins further origins ({@code https://app.example}) that web pages may call from
 * @param password whether a given text is the server's password; constant time
 * @param keys what an API key opens; null: it is none
 */
public record Door(
        boolean secure,
        boolean authOff,
        Set<String> hosts,
        Set<String> origins,
        Predicate<String> password,
        Function<String, @Nullable Access> keys) {
    /** The door for these settings. A host that is named in an origin may also be addressed by that name. */
    public static Door of(boolean secure, boolean authOff, List<String> origins, Predicate<String> password) {
        Set<String> pages = new LinkedHashSet<>();
        Set<String> names = new LinkedHashSet<>();
        for (String origin : origins) {
            String lower = origin.strip().toLowerCase(Locale.ROOT).replaceAll("/+$", "");
            pages.add(lower);
            int scheme = lower.indexOf("://");
            names.add(hostName(scheme < 0 ? lower : lower.substring(scheme + 3)));
        }
        return new Door(secure, authOff, Set.copyOf(names), Set.copyOf(pages), password, text -> null);
    }

    /** The same door, which API keys open too. */
    public Door withKeys(Function<String, @Nullable Access> known) {
        return new Door(secure, authOff, hosts, origins, password, known);
    }

    /** Any of these means that something stands between the caller and this server. */
    private static final List<String> FORWARDING = List.of(
            "forwarded",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-forwarded-server",
            "x-forwarded-port",
            "x-forwarded-user",
            "x-forwarded-scheme",
            "x-forwarded-prefix",
            "x-forwarded",
            "forwarded-for",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "true-client-ip",
            "cf-connecting-ip",
            "fastly-client-ip",
            "fly-client-ip",
            "x-azure-clientip",
            "x-appengine-user-ip",
            "x-envoy-external-address",
            "tailscale-user-login",
            "cdn-loop",
            "x-original-forwarded-for",
            "via");
    /** Ports of local web pages that the contract lets in (09 §8). */
    private static final Set<Integer> LOCAL_PORTS = Set.of(8283, 8083, 3000, 4200);

    private static final String BARE = "password ";
    private static final String BEARER = "bearer ";

    /**
     * Lets the request in or throws 401 or 403; says what it may do. header looks up by lower-case name. An API key counts even where nobody
     * has to show one: who sends a key wants no more than that key, and gets nothing once it is revoked.
     */
    Access admit(boolean loopback, Function<String, @Nullable String> header) {
        String bearer = bearer(header);
        if (bearer != null && bearer.startsWith(ApiKeys.MARK)) {
            Access access = keys.apply(bearer);
            if (access != null) {
                return access;
            }
            if (!password.test(bearer)) {
                throw new Problem(ProblemCode.UNAUTHORIZED, "Unauthorized").with("hint", KEY_HINT);
            }
            return Access.OWNER;
        }
        if (authOff) {
            return Access.OWNER;
        }
        Problem refusal = refusal(loopback, header);
        if (refusal != null && !known(header)) {
            throw refusal;
        }
        return Access.OWNER;
    }

    /** Why a request without a password does not come in; null: it does, and what it carries is not looked at, since that is slow. */
    private @Nullable Problem refusal(boolean loopback, Function<String, @Nullable String> header) {
        boolean plain = loopback && FORWARDING.stream().allMatch(name -> header.apply(name) == null);
        if (secure || !plain) {
            return new Problem(ProblemCode.UNAUTHORIZED, "Unauthorized")
                    .with("hint", secure ? SECURE_HINT : loopback ? PROXY_HINT : REMOTE_HINT);
        }
        String host = header.apply("host");
        if (host == null || !ownHost(hostName(host))) {
            return new Problem(ProblemCode.FORBIDDEN, "Host '" + host + "' is not this server's own name")
                    .with(
                            "hint",
                            "Address it as localhost, or add http://<name> to ACCEPTABLE_ORIGINS, or send the server's password.");
        }
        String origin = header.apply("origin");
        if (origin != null && !ownOrigin(origin, host)) {
            return new Problem(
                            ProblemCode.FORBIDDEN,
                            "Origin '" + origin + "' may not call this server without a password")
                    .with("hint", "Add it to ACCEPTABLE_ORIGINS, or send the server's password.");
        }
        return null;
    }

    private static final String KEY_HINT = "This API key is unknown, revoked or expired.";
    private static final String SECURE_HINT =
            "This server asks for its password: send 'Authorization: Bearer <password>'.";
    private static final String PROXY_HINT =
            "The request came through a proxy, so it needs the server's password: send 'Authorization: Bearer <password>'.";
    private static final String REMOTE_HINT =
            "Requests from other machines need the server's password: send 'Authorization: Bearer <password>'.";

    /** Whether the request carries the right password, in either spelling of contract 09 §8. */
    private boolean known(Function<String, @Nullable String> header) {
        String bare = header.apply("x-bare-password");
        if (bare != null && bare.startsWith(BARE) && password.test(bare.substring(BARE.length()))) {
            return true;
        }
        String bearer = bearer(header);
        return bearer != null && password.test(bearer);
    }

    private static @Nullable String bearer(Function<String, @Nullable String> header) {
        String given = header.apply("authorization");
        return given != null && given.toLowerCase(Locale.ROOT).startsWith(BEARER)
                ? given.substring(BEARER.length()).strip()
                : null;
    }

    /** Whether answers may be read by pages of that origin. */
    boolean ownOrigin(String origin, @Nullable String host) {
        String lower = origin.toLowerCase(Locale.ROOT);
        if (origins.contains(lower)) {
            return true;
        }
        try {
            URI uri = URI.create(lower);
            String name = uri.getHost();
            if (name == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return false;
            }
            if (host != null && lower.equals(uri.getScheme() + "://" + host.toLowerCase(Locale.ROOT))) {
                return ownHost(hostName(host));
            }
            return name.equals("letta.localhost") || (local(hostName(name)) && LOCAL_PORTS.contains(uri.getPort()));
        } catch (IllegalArgumentException e) {
            // "null" and other texts that are no origin of ours
            return false;
        }
    }

    private boolean ownHost(String name) {
        return local(name) || hosts.contains(name);
    }

    private static boolean local(String name) {
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("::1")
                || name.matches("127(\\.\\d{1,3}){3}");
    }

    /** The host without port and brackets, lower case. */
    private static String hostName(String host) {
        String lower = host.strip().toLowerCase(Locale.ROOT);
        if (lower.startsWith("[")) {
            int end = lower.indexOf(']');
            return end < 0 ? lower : lower.substring(1, end);
        }
        int colon = lower.indexOf(':');
        return colon < 0 ? lower : lower.substring(0, colon);
    }
}
