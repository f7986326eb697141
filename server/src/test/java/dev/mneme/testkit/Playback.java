package dev.mneme.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mneme.base.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server on 127.0.0.1 that knows no provider's language: each POST gets the next tape, whatever its path; a path with a page of its
 * own always gets that. Everything else is a 404. Thread-safe.
 */
public final class Playback implements AutoCloseable {
    /** What one call gets. */
    public record Tape(int status, String contentType, byte[] body) {
        public static Tape of(String contentType, byte[] body) {
            return new Tape(200, contentType, body);
        }

        public static Tape json(String body) {
            return of("application/json", body.getBytes(StandardCharsets.UTF_8));
        }

        public static Tape refusal(int status, String body) {
            return new Tape(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** A request as it came. path: with its query; headers: names in lower case; body: an empty object if there was none; a form as an object. */
    public record Seen(String path, Map<String, String> headers, JsonNode body) {}

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Tape> tapes = new ConcurrentLinkedQueue<>();
    private final Map<String, Tape> pages = new ConcurrentHashMap<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    private Playback() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public static Playback start() {
        try {
            return new Playback();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its address, without a path. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public Playback play(Tape... more) {
        tapes.addAll(List.of(more));
        return this;
    }

    /** What a path (without its query) always answers. */
    public Playback page(String path, String json) {
        return page(path, Tape.json(json));
    }

    public Playback page(String path, Tape tape) {
        pages.put(path, tape);
        return this;
    }

    /** Forgets the tapes that nobody has asked for. */
    public void clear() {
        tapes.clear();
    }

    public List<Seen> requests() {
        return List.copyOf(seen);
    }

    public Seen last() {
        return seen.getLast();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static JsonNode form(String text) {
        ObjectNode body = Json.object();
        for (String pair : text.split("&")) {
            String[] sides = pair.split("=", 2);
            body.put(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8));
        }
        return body;
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        Map<String, String> headers = new LinkedHashMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
        String text = new String(bytes, StandardCharsets.UTF_8);
        boolean form = headers.getOrDefault("content-type", "").contains("form-urlencoded");
        JsonNode body = text.isEmpty() ? Json.object() : form ? form(text) : Json.parse(text);
        seen.add(new Seen(exchange.getRequestURI().toString(), headers, body));
        Tape tape = pages.get(exchange.getRequestURI().getPath());
        if (tape == null && exchange.getRequestMethod().equals("POST")) {
            tape = tapes.poll();
        }
        if (tape == null) {
            tape = Tape.refusal(404, "{\"error\":{\"message\":\"no such path\"}}");
        }
        exchange.getResponseHeaders().set("Content-Type", tape.contentType());
        exchange.sendResponseHeaders(tape.status(), tape.body().length == 0 ? -1 : tape.body().length);
        exchange.getResponseBody().write(tape.body());
        exchange.close();
    }
}
