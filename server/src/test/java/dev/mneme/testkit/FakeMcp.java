package dev.mneme.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mneme.base.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A server of the Model Context Protocol over streamable HTTP that does what a test tells it, also the worst. */
public final class FakeMcp implements AutoCloseable {
    private static final String CHANGED =
            "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}\n\n";

    private final HttpServer server;
    private final Map<String, Function<JsonNode, String>> answers = new ConcurrentHashMap<>();
    private volatile String tools = "[]";
    private volatile String redirect = "";
    private volatile boolean chatty;
    private volatile boolean legacy;
    private volatile String session = "";
    private volatile String path = "/mcp";
    private volatile @Nullable FakeAuth auth;
    /** What waits to be written, by stream of the older transport. */
    private final Map<String, BlockingQueue<String>> streams = new ConcurrentHashMap<>();

    /** Where it says that its description is. */
    public volatile String description = "";
    /** How often it was asked for its tools. */
    public final AtomicInteger lists = new AtomicInteger();

    /** The headers of each request, in lower case. */
    public final List<Map<String, String>> headers = new CopyOnWriteArrayList<>();

    public FakeMcp() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/mcp", exchange -> {
            Map<String, String> seen = new ConcurrentHashMap<>();
            exchange.getRequestHeaders().forEach((name, values) -> seen.put(name.toLowerCase(), values.getFirst()));
            headers.add(seen);
            JsonNode request = Json.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            if (!redirect.isEmpty()) {
                exchange.getResponseHeaders().set("Location", redirect);
                exchange.sendResponseHeaders(307, -1);
                return;
            }
            if (refused(exchange)) {
                return;
            }
            if (!request.has("id")) {
                exchange.sendResponseHeaders(202, -1);
                return;
            }
            String current = session;
            boolean hello = request.path("method").asText().equals("initialize");
            if (!current.isEmpty() && !hello && !current.equals(seen.get("mcp-session-id"))) {
                byte[] no = "Bad Request: No valid session ID provided".getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(400, no.length);
                exchange.getResponseBody().write(no);
                exchange.close();
                return;
            }
            if (!current.isEmpty() && hello) {
                exchange.getResponseHeaders().set("Mcp-Session-Id", current);
            }
            boolean list = request.path("method").asText().equals("tools/list");
            if (list) {
                lists.incrementAndGet();
            }
            String type = list && chatty ? "text/event-stream" : "application/json";
            String words = list && chatty ? CHANGED + "data: " + reply(request) + "\n\n" : reply(request);
            byte[] reply = words.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(200, reply.length);
            exchange.getResponseBody().write(reply);
            exchange.close();
        });
        server.createContext("/sse", this::events);
        server.createContext("/messages", this::message);
        server.createContext("/.well-known/oauth-protected-resource", exchange -> {
            FakeAuth wanted = auth;
            ObjectNode body = Json.object().put("resource", url());
            body.putArray("authorization_servers").add(wanted == null ? "" : wanted.url());
            byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(wanted == null || legacy ? 404 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.createContext("/.well-known/oauth-authorization-server", exchange -> {
            FakeAuth wanted = auth;
            byte[] bytes = (wanted == null
                            ? Json.object()
                            : wanted.metadata.deepCopy().put("issuer", origin()))
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(wanted != null && legacy ? 200 : 404, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        description = origin() + "/.well-known/oauth-protected-resource/mcp";
    }

    public String url() {
        return origin() + path;
    }

    /** Speaks the older transport, at an address of its own. */
    public void sse() {
        path = "/sse";
    }

    private boolean refused(HttpExchange exchange) throws IOException {
        FakeAuth wanted = auth;
        String token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"))
                .replaceFirst("^Bearer ", "");
        if (wanted == null || wanted.good.contains(token)) {
            return false;
        }
        exchange.getResponseHeaders()
                .set(
                        "WWW-Authenticate",
                        legacy ? "Bearer" : "Bearer resource_metadata=\"" + description + "\", scope=\"tools\"");
        byte[] echo = ("who is " + token + "?").getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(401, echo.length);
        exchange.getResponseBody().write(echo);
        exchange.close();
        return true;
    }

    private void events(HttpExchange exchange) throws IOException {
        if (refused(exchange)) {
            return;
        }
        BlockingQueue<String> mine = new LinkedBlockingQueue<>();
        String id = String.valueOf(streams.size());
        streams.put(id, mine);
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        mine.add("event: endpoint\ndata: /messages?" + id + "\n\n");
        try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
                out.write(mine.take().getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void message(HttpExchange exchange) throws IOException {
        if (refused(exchange)) {
            return;
        }
        JsonNode request = Json.parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        if (request.has("id")) {
            streams.getOrDefault(exchange.getRequestURI().getQuery(), new LinkedBlockingQueue<>())
                    .add("event: message\ndata: " + reply(request) + "\n\n");
        }
        exchange.sendResponseHeaders(202, -1);
        exchange.close();
    }

    private String origin() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** What it offers: a JSON array. */
    public void offer(String array) {
        tools = array;
    }

    /** Where it sends every caller; empty: nowhere. */
    public void redirect(String to) {
        redirect = to;
    }

    /** Says whenever it is asked for its tools that they are others now. */
    public void chatty() {
        chatty = true;
    }

    /** Takes only tokens of that server. */
    public void wants(FakeAuth server) {
        auth = server;
    }

    /** The one session that it knows from now on, as after a restart; others are a 400. */
    public void session(String id) {
        session = id;
    }

    /** Describes no resource, and is its own authorization server. */
    public void legacy() {
        legacy = true;
    }

    /** The whole reply to calls of a tool, whatever it is. */
    public void answer(String tool, Function<JsonNode, String> reply) {
        answers.put(tool, reply);
    }

    /** A reply with one text. */
    public static String text(JsonNode request, String text) {
        ObjectNode result = Json.object();
        result.putArray("content").addObject().put("type", "text").put("text", text);
        return result(request, result);
    }

    /** A reply with a text and an image. */
    public static String picture(JsonNode request) {
        ObjectNode result = Json.object();
        ArrayNode content = result.putArray("content");
        content.addObject().put("type", "text").put("text", "a map");
        content.addObject().put("type", "image").put("data", "aWdn").put("mimeType", "image/png");
        return result(request, result);
    }

    private static String result(JsonNode request, JsonNode result) {
        ObjectNode out = Json.object().put("jsonrpc", "2.0");
        out.set("id", request.path("id"));
        out.set("result", result);
        return out.toString();
    }

    private String reply(JsonNode request) throws IOException {
        return switch (request.path("method").asText()) {
            case "initialize" ->
                result(request, Json.parse("{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{\"tools\":{}}}"));
            case "tools/list" -> result(request, Json.object().set("tools", Json.parse(tools)));
            default ->
                answers.getOrDefault(
                                request.path("params").path("name").asText(),
                                each -> "{\"jsonrpc\":\"2.0\",\"id\":" + each.path("id")
                                        + ",\"error\":{\"code\":-32602,\"message\":\"Unknown tool\"}}")
                        .apply(request);
        };
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
