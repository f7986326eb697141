package dev.mneme.tool.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A conversation with a server, introduced and ready. Thread-safe. */
final class Connection implements AutoCloseable {
    /** Newest version of the protocol that we speak; older ones are taken when the server names them. */
    static final String PROTOCOL = "2025-06-18";

    private static final List<String> SPOKEN = List.of(PROTOCOL, "2025-03-26", "2024-11-05", "2025-11-25");
    /** Tools of one server: more than any model can be shown. */
    static final int MOST_TOOLS = 2_000;

    private final Link link;
    private final AtomicLong ids = new AtomicLong();
    private final Duration discovery;
    private final Duration call;

    Connection(Link link, McpOptions options) throws McpFailure {
        this.link = link;
        this.discovery = options.discovery();
        this.call = options.call();
        ObjectNode hello = Json.object().put("protocolVersion", PROTOCOL);
        hello.putObject("capabilities");
        hello.putObject("clientInfo").put("name", "mneme").put("version", options.version());
        try {
            JsonNode result = request("initialize", hello, options.connect());
            String version = result.path("protocolVersion").asText();
            if (!SPOKEN.contains(version)) {
                throw new McpFailure(
                        McpFailure.Kind.MALFORMED, "it speaks version '" + version + "' of the protocol, we do not");
            }
            link.agreed(version);
            link.tell(
                    Json.object().put("jsonrpc", "2.0").put("method", "notifications/initialized"), options.connect());
        } catch (McpFailure e) {
            link.close();
            throw e;
        }
    }

    private JsonNode request(String method, ObjectNode params, Duration patience) throws McpFailure {
        ObjectNode message = Json.object()
                .put("jsonrpc", "2.0")
                .put("id", ids.incrementAndGet())
                .put("method", method);
        message.set("params", params);
        JsonNode reply = link.exchange(message, patience);
        if (reply.has("error")) {
            JsonNode error = reply.path("error");
            throw new McpFailure(
                    McpFailure.Kind.REFUSED,
                    "MCP error " + error.path("code").asText("-32603") + ": "
                            + unnumbered(error.path("message").asText("the server gave no reason")));
        }
        if (!reply.path("result").isObject()) {
            throw new McpFailure(McpFailure.Kind.MALFORMED, "its reply has no result");
        }
        return reply.path("result");
    }

    /** Some servers put the number into the text as well. */
    private static String unnumbered(String text) {
        return text.replaceFirst("^MCP error -?\\d+: ", "");
    }

    /** All that it offers, as it says it. */
    List<JsonNode> tools() throws McpFailure {
        List<JsonNode> out = new ArrayList<>();
        String cursor = null;
        do {
            ObjectNode params = Json.object();
            if (cursor != null) {
                params.put("cursor", cursor);
            }
            JsonNode page = request("tools/list", params, discovery);
            if (!page.path("tools").isArray()) {
                throw new McpFailure(McpFailure.Kind.MALFORMED, "its list of tools is none");
            }
            int before = out.size();
            page.path("tools").forEach(out::add);
            if (out.size() > MOST_TOOLS || (cursor != null && out.size() == before)) {
                throw new McpFailure(
                        McpFailure.Kind.MALFORMED, "its list of tools has no end (more than " + MOST_TOOLS + ")");
            }
            cursor = next(page);
        } while (cursor != null);
        return out;
    }

    private static @Nullable String next(JsonNode page) {
        String cursor = page.path("nextCursor").textValue();
        return cursor == null || cursor.isEmpty() ? null : cursor;
    }

    /** The result of a call, as the server says it. */
    JsonNode call(String name, ObjectNode arguments) throws McpFailure {
        ObjectNode params = Json.object().put("name", name);
        params.set("arguments", arguments);
        return request("tools/call", params, call);
    }

    boolean usable() {
        return link.usable();
    }

    @Override
    public void close() {
        link.close();
    }
}
