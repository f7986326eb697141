package dev.mneme.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The few routes that the command line uses, with an agent that learns a name on its first message. */
final class FakeApi implements RunningServer {
    final List<String> requests = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private volatile boolean created;
    private volatile String human = "Nothing yet.";

    FakeApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getPath();
        String asked = exchange.getRequestMethod() + " " + path;
        requests.add(asked + " " + body);
        String agent = "{\"id\":\"agent-1\",\"name\":\"quickstart\",\"model\":\"demo/mneme-demo\"}";
        switch (asked) {
            case "GET /v1/health/" -> send(exchange, 200, "{\"version\":\"0.16.7\",\"status\":\"ok\"}");
            case "GET /v1/models/" -> send(exchange, 200, "[{\"handle\":\"demo/mneme-demo\"}]");
            case "GET /v1/agents/" -> send(exchange, 200, created ? "[" + agent + "]" : "[]");
            case "POST /v1/agents/" -> {
                created = true;
                send(exchange, 200, agent);
            }
            case "GET /v1/agents/agent-1/core-memory/blocks" ->
                send(exchange, 200, "[{\"label\":\"human\",\"value\":\"" + human + "\"}]");
            case "POST /mcp" -> mcp(exchange, body);
            case "POST /v1/agents/agent-1/messages/stream" -> turn(exchange);
            default -> send(exchange, 404, "{\"detail\":\"Not Found\"}");
        }
    }

    /** Answers by what is asked: whole, as a stream, not at all, or as a door that stays shut. */
    private void mcp(HttpExchange exchange, String body) throws IOException {
        requests.add("version " + exchange.getRequestHeaders().getFirst("MCP-Protocol-Version") + ", name "
                + exchange.getRequestHeaders().getFirst("Mcp-Name"));
        if (body.contains("initialize\"")) {
            send(exchange, 200, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2025-11-25\"}}");
        } else if (body.contains("tools/call")) {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream; charset=utf-8");
            send(exchange, 200, """
                    : still working

                    data: {"jsonrpc":"2.0","method":"notifications/progress"}

                    data: {"jsonrpc":"2.0","id":"two","result":{}}

                    """);
        } else if (body.contains("\"id\"")) {
            send(exchange, 403, "{\"detail\":\"not for you\"}");
        } else {
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        }
    }

    private void turn(HttpExchange exchange) throws IOException {
        human = "Name: Ada.";
        exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
        send(exchange, 200, """
                data: {"message_type":"ping","run_id":"run-1"}

                : a comment

                data: {"message_type":"reasoning_message","reasoning":"A name: "}

                data: {"message_type":"reasoning_message","reasoning":"worth keeping."}

                data: {"message_type":"tool_call_message","tool_call":{"name":"memory_insert","tool_call_id":"c1"}}

                data: {"message_type":"tool_call_message","tool_call":{"arguments":"{\\"label\\":","tool_call_id":"c1"}}

                data: {"message_type":"tool_call_message","tool_call":{"arguments":"\\"human\\"}","tool_call_id":"c1"}}

                data: {"message_type":"tool_return_message","tool_return":"Done.","status":"success","tool_call_id":"c1"}

                data: {"message_type":"assistant_message","content":"Hello "}

                data: {"message_type":"assistant_message","content":"Ada!"}

                data: {"message_type":"stop_reason","stop_reason":"end_turn"}

                data: [DONE]

                """);
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public HttpClient client() {
        return HttpClient.newHttpClient();
    }

    @Override
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public List<String> notices() {
        return List.of("a notice");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
