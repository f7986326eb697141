package dev.mneme.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The web page for people, at /ade: files that were built into the jar, one page for every address below it, and the session of a browser.
 * The page itself holds no secret and is served to anybody; everything that it shows comes through the guarded API. Thread-safe.
 */
final class AdeRoutes {
    private static final String ROOT = "/ade/";
    private static final Pattern ASSET = Pattern.compile("assets/[\\w.-]+");
    /** What a proxy in front may say about where we lie. */
    private static final Pattern PREFIX = Pattern.compile("(/[\\w.~-]+)*");

    private static final Map<String, String> TYPES = Map.of(
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "woff2", "font/woff2");
    /** File names carry a hash of their content. */
    private static final String FOR_EVER = "public, max-age=31536000, immutable";

    private static final String NOT_BUILT = """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Mneme</title>
            <p>This server was built without its web page, since Node.js was missing then.
            Install it (Debian: <code>apt-get install nodejs npm</code>) and start with <code>./mneme</code> again: it builds the page.</p>
            """;

    private final Door door;
    private final Sessions sessions;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Optional<Asset>> assets = new ConcurrentHashMap<>();

    AdeRoutes(Door door, Sessions sessions) {
        this.door = door;
        this.sessions = sessions;
    }

    /** zipped: the same, for browsers that take it. */
    private record Asset(String type, byte[] plain, byte[] zipped) {}

    /** What a browser shows to be let in. secret: the server's password or an API key. */
    record Opening(String secret) {}

    List<Route> routes() {
        return List.of(
                Route.get("/ade", "The web page").hidden().open().by(this::page),
                Route.post("/ade/session", "Opens a browser's session")
                        .hidden()
                        .open()
                        .body(Opening.class)
                        .by(this::open),
                Route.delete("/ade/session", "Ends a browser's session")
                        .hidden()
                        .open()
                        .by(this::close),
                Route.get("/ade/{path*}", "The web page").hidden().open().by(this::file));
    }

    private Answer open(Call call) {
        String secret = call.body(Opening.class).secret();
        door.admit(false, name -> name.equals("authorization") ? "Bearer " + secret : null);
        String token = sessions.open(secret);
        return new Answer.Empty(
                204, Map.of("set-cookie", cookie(call, token, Sessions.LIFE.toSeconds()), "cache-control", "no-store"));
    }

    private Answer close(Call call) {
        sessions.close(call.headers());
        return new Answer.Empty(204, Map.of("set-cookie", cookie(call, "", 0)));
    }

    private static String cookie(Call call, String token, long seconds) {
        String secure = "https".equals(call.header("x-forwarded-proto")) ? "; Secure" : "";
        return Sessions.COOKIE + "=" + token + "; Path=" + prefix(call) + "/; Max-Age=" + seconds
                + "; HttpOnly; SameSite=Strict" + secure;
    }

    private Answer file(Call call) {
        String path = call.at("path");
        if (!path.startsWith("assets/")) {
            return page(call);
        }
        Asset asset = ASSET.matcher(path).matches() ? asset(path) : null;
        if (asset == null) {
            return new Answer.Bytes(404, "text/plain", "Not Found".getBytes(StandardCharsets.UTF_8), Map.of());
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("cache-control", FOR_EVER);
        headers.put("x-content-type-options", "nosniff");
        headers.put("vary", "accept-encoding");
        String takes = call.header("accept-encoding");
        boolean zipped = takes != null && takes.contains("gzip");
        if (zipped) {
            headers.put("content-encoding", "gzip");
        }
        return new Answer.Bytes(200, asset.type, zipped ? asset.zipped : asset.plain, headers);
    }

    private Answer page(Call call) {
        Asset index = asset("index.html");
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        String nonce = HexFormat.of().formatHex(bytes);
        String text = index == null
                ? NOT_BUILT
                : new String(index.plain, StandardCharsets.UTF_8)
                        .replace("<base href=\"/ade/\"", "<base href=\"" + prefix(call) + ROOT + "\"")
                        .replace("name=\"mneme-nonce\" content=\"\"", "name=\"mneme-nonce\" content=\"" + nonce + "\"");
        Map<String, String> headers = Map.of(
                "content-security-policy",
                "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; img-src 'self' data:; "
                        + "connect-src 'self'; font-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
                "x-content-type-options",
                "nosniff",
                "referrer-policy",
                "no-referrer",
                "cache-control",
                "no-store");
        return new Answer.Bytes(200, "text/html; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** The path in front of ours as a proxy names it, without a slash at its end; anything odd counts as none. */
    private static String prefix(Call call) {
        String given = call.header("x-forwarded-prefix");
        String path = given == null ? "" : given.strip().replaceAll("/+$", "");
        return PREFIX.matcher(path).matches() ? path : "";
    }

    private @Nullable Asset asset(String path) {
        return assets.computeIfAbsent(path, AdeRoutes::read).orElse(null);
    }

    private static Optional<Asset> read(String path) {
        try (InputStream in = AdeRoutes.class.getResourceAsStream(ROOT + path)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] plain = in.readAllBytes();
            ByteArrayOutputStream zipped = new ByteArrayOutputStream();
            try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
                out.write(plain);
            }
            String type = TYPES.getOrDefault(path.substring(path.lastIndexOf('.') + 1), "application/octet-stream");
            return Optional.of(new Asset(type, plain, zipped.toByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
