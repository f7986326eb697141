package dev.mneme.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mneme.base.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** An authorization server that checks what the rules of OAuth 2.1 say, and fails when a test tells it to. */
public final class FakeAuth implements AutoCloseable {
    private final HttpServer server;
    private final AtomicInteger counter = new AtomicInteger();
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final Map<String, String> clients = new ConcurrentHashMap<>();
    private final Set<String> refreshes = ConcurrentHashMap.newKeySet();
    private final Set<String> spent = ConcurrentHashMap.newKeySet();

    /** Access tokens that are good. */
    public final Set<String> good = ConcurrentHashMap.newKeySet();

    /** Every token that it ever gave, access and refresh. */
    public final List<String> given = new CopyOnWriteArrayList<>();

    /** The forms that came to the token endpoint. */
    public final List<Map<String, String>> forms = new CopyOnWriteArrayList<>();

    /** Refresh tokens that came a second time. */
    public final AtomicInteger replays = new AtomicInteger();

    /** What it says about itself; a test may change it. */
    public final ObjectNode metadata = Json.object();

    /** Seconds that tokens live. */
    public volatile int life = 3_600;

    /** Tokens that were given back. */
    public final BlockingQueue<String> revoked = new LinkedBlockingQueue<>();

    /** Wants clients to show who they are by a header, and nothing of it in the form. */
    public volatile boolean basic;

    /** Status of an answer with tokens. */
    public volatile int created = 200;

    /** Status of the token endpoint; 0: it works. */
    public volatile int broken;

    /** Milliseconds that a refresh takes. */
    public volatile int slow;

    public FakeAuth() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        metadata.put("issuer", url())
                .put("authorization_endpoint", url() + "/authorize")
                .put("token_endpoint", url() + "/token")
                .put("registration_endpoint", url() + "/register")
                .put("revocation_endpoint", url() + "/revoke")
                .put("authorization_response_iss_parameter_supported", true);
        metadata.putArray("code_challenge_methods_supported").add("S256");
        server.createContext("/", exchange -> reply(exchange, 404, Json.object()));
        server.createContext(
                "/.well-known/oauth-authorization-server", exchange -> reply(exchange, 200, metadata.deepCopy()));
        server.createContext("/register", this::register);
        server.createContext("/token", this::token);
        server.createContext("/revoke", this::revoke);
        server.start();
    }

    public String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    private static void reply(HttpExchange exchange, int status, ObjectNode body) throws IOException {
        exchange.getRequestBody().readAllBytes();
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void register(HttpExchange exchange) throws IOException {
        var body = Json.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        String id = "client-" + counter.incrementAndGet();
        clients.put(id, body.path("redirect_uris").path(0).asText());
        reply(exchange, 201, Json.object().put("client_id", id).put("client_secret", "secret-of-" + id));
    }

    /** What a browser does at the address: somebody agrees. The query that it comes back with. */
    public String agree(String address) {
        Map<String, String> query = query(URI.create(address).getRawQuery());
        if (!address.startsWith(url() + "/authorize?")
                || !"code".equals(query.get("response_type"))
                || !"S256".equals(query.get("code_challenge_method"))
                || !String.valueOf(clients.get(query.get("client_id"))).equals(query.get("redirect_uri"))) {
            throw new AssertionError(address);
        }
        String code = "code-" + counter.incrementAndGet();
        codes.put(code, query);
        return "code=" + code + "&state=" + query.get("state") + "&iss=" + url();
    }

    public static Map<String, String> query(String text) {
        Map<String, String> out = new ConcurrentHashMap<>();
        for (String pair : text.split("&")) {
            String[] both = pair.split("=", 2);
            out.put(both[0], URLDecoder.decode(both[1], StandardCharsets.UTF_8));
        }
        return out;
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> form = query(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        forms.add(form);
        if (broken != 0) {
            reply(exchange, broken, Json.object().put("error", broken < 500 ? "invalid_grant" : "server_error"));
            return;
        }
        boolean known = known(exchange, form);
        boolean fine = "refresh_token".equals(form.get("grant_type"))
                ? refreshed(form.getOrDefault("refresh_token", ""))
                : exchanged(form);
        if (!known || !fine) {
            reply(exchange, 400, Json.object().put("error", "invalid_grant"));
            return;
        }
        int number = counter.incrementAndGet();
        String access = "access-token-" + number;
        String refresh = "refresh-token-" + number;
        good.add(access);
        refreshes.add(refresh);
        given.addAll(List.of(access, refresh));
        reply(
                exchange,
                created,
                Json.object()
                        .put("access_token", access)
                        .put("refresh_token", refresh)
                        .put("token_type", "Bearer")
                        .put("expires_in", life));
    }

    private boolean known(HttpExchange exchange, Map<String, String> form) {
        String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!basic) {
            return shown.equals("null") && ("secret-of-" + form.get("client_id")).equals(form.get("client_secret"));
        }
        String pair = new String(Base64.getDecoder().decode(shown.replaceFirst("^Basic ", "")), StandardCharsets.UTF_8);
        String[] both = pair.split(":", 2);
        return both[1].equals("secret-of-" + both[0]) && !form.containsKey("client_secret");
    }

    private void revoke(HttpExchange exchange) throws IOException {
        Map<String, String> form = query(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        if (known(exchange, form)) {
            good.remove(form.get("token"));
            revoked.add(form.get("token_type_hint") + " " + form.get("token"));
        }
        reply(exchange, 200, Json.object());
    }

    private boolean exchanged(Map<String, String> form) {
        Map<String, String> asked = codes.remove(form.getOrDefault("code", ""));
        return asked != null
                && challenge(form.getOrDefault("code_verifier", "")).equals(asked.get("code_challenge"))
                && form.getOrDefault("redirect_uri", "").equals(asked.get("redirect_uri"));
    }

    private boolean refreshed(String refresh) {
        if (slow > 0) {
            try {
                Thread.sleep(slow);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (spent.contains(refresh)) {
            replays.incrementAndGet();
        }
        spent.add(refresh);
        return refreshes.remove(refresh);
    }

    private static String challenge(String verifier) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
