package dev.mneme.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The MCP server of {@code /mcp} on standard input and output: one JSON-RPC message a line (decision 0031). It holds nothing itself; each
 * message goes to the running server, each on a thread of its own.
 */
final class McpBridge {
    /** How long requests under way may take once the input has ended, in milliseconds. */
    private static final long GRACE = 2_000;

    private static final String VERSION = "io.modelcontextprotocol/protocolVersion";
    private static final int PARSE_ERROR = -32700;
    /** What JSON-RPC leaves to implementations: the server refused or did not answer. */
    private static final int NO_ANSWER = -32000;

    private final ApiClient api;
    private final Console console;
    private final Map<JsonNode, Thread> underWay = new ConcurrentHashMap<>();
    /** What {@code initialize} agreed on. */
    private volatile @Nullable String agreed;

    McpBridge(ApiClient api, Console console) {
        this.api = api;
        this.console = console;
    }

    /** Serves until the input ends. */
    void run() {
        try (Scope scope = new Scope("mcp");
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    take(line, scope);
                }
            }
            scope.drain(GRACE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(String line, Scope scope) {
        JsonNode message;
        try {
            message = Json.parse(line);
        } catch (JsonProcessingException e) {
            say(error(null, PARSE_ERROR, "The line is not JSON: " + e.getOriginalMessage()));
            return;
        }
        if (message.path("method").asText().equals("notifications/cancelled")) {
            Thread working = underWay.remove(message.path("params").path("requestId"));
            if (working != null) {
                working.interrupt();
            }
        } else if (message.has("id") && message.has("method")) {
            scope.fork("request", () -> ask(message));
        } else {
            tell(message);
        }
    }

    /** Something that gets no answer; goes out before the next line is read. */
    private void tell(JsonNode message) {
        try (Stream<String> lines = send(message).body()) {
            lines.forEach(line -> {
                // whatever is said to it, nobody waits for it
            });
        } catch (ApiRefused e) {
            console.err().println("mneme: " + e.line());
        }
    }

    private void ask(JsonNode message) {
        JsonNode id = message.path("id");
        underWay.put(id, Thread.currentThread());
        try {
            HttpResponse<Stream<String>> response = send(message);
            try (Stream<String> lines = response.body()) {
                boolean events =
                        response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream");
                if (events) {
                    events(lines, message);
                } else {
                    whole(response.statusCode(), String.join("\n", lines.toList()), message);
                }
            }
        } catch (ApiRefused e) {
            finish(message, error(id, NO_ANSWER, e.line()));
        } catch (UncheckedIOException e) {
            finish(message, error(id, NO_ANSWER, "The connection broke off. The agent goes on by itself."));
        } finally {
            underWay.remove(id, Thread.currentThread());
        }
    }

    private void events(Stream<String> lines, JsonNode message) {
        boolean answered = false;
        for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
            String line = each.next();
            if (line.startsWith("data:")) {
                JsonNode event = tree(line.substring("data:".length()));
                if (event.path("id").equals(message.path("id"))) {
                    finish(message, event);
                    answered = true;
                } else if (underWay.get(message.path("id")) == Thread.currentThread()) {
                    say(event);
                }
            }
        }
        if (!answered) {
            finish(message, error(message.path("id"), NO_ANSWER, "The server ended without an answer."));
        }
    }

    private void whole(int status, String text, JsonNode message) {
        JsonNode answer = tree(text);
        if (!answer.path("jsonrpc").isTextual()) {
            finish(
                    message,
                    error(
                            message.path("id"),
                            NO_ANSWER,
                            ApiClient.refused(status, text).line()));
            return;
        }
        JsonNode version = answer.path("result").path("protocolVersion");
        if (message.path("method").asText().equals("initialize") && version.isTextual()) {
            agreed = version.textValue();
        }
        finish(message, answer);
    }

    private HttpResponse<Stream<String>> send(JsonNode message) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", "application/json, text/event-stream");
        JsonNode own = message.path("params").path("_meta").path(VERSION);
        String method = message.path("method").asText();
        String version = own.isTextual() ? own.textValue() : method.equals("initialize") ? null : agreed;
        if (version != null) {
            headers.put("MCP-Protocol-Version", header(version));
        }
        headers.put("Mcp-Method", header(method));
        if (message.path("params").path("name").isTextual()) {
            headers.put("Mcp-Name", header(message.path("params").path("name").textValue()));
        }
        return api.post("/mcp", Json.write(message), headers);
    }

    /** A text as a header can carry it. */
    private static String header(String text) {
        return text.matches("[!-~]([ -~]*[!-~])?") && !text.startsWith("=?base64?")
                ? text
                : "=?base64?" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)) + "?=";
    }

    private static JsonNode tree(String text) {
        try {
            return Json.parse(text);
        } catch (JsonProcessingException e) {
            // a proxy's page, or nothing at all: no message
            return Json.object();
        }
    }

    private static ObjectNode error(@Nullable JsonNode id, int code, String text) {
        ObjectNode out = Json.object().put("jsonrpc", "2.0");
        out.set("id", id);
        out.putObject("error").put("code", code).put("message", text);
        return out;
    }

    /** The answer to a request, unless the client has withdrawn that. */
    private void finish(JsonNode message, JsonNode answer) {
        if (underWay.remove(message.path("id"), Thread.currentThread())) {
            say(answer);
        }
    }

    private void say(JsonNode message) {
        synchronized (this) {
            console.out().println(Json.write(message));
            console.out().flush();
        }
    }
}
