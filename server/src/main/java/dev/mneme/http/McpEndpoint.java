package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.llm.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mneme as an MCP server at {@code /mcp} (decision 0031): JSON-RPC over streamable HTTP, without sessions. Authenticated like every route;
 * what a key may call is decided tool by tool. Thread-safe.
 */
final class McpEndpoint {
    private static final Logger LOG = LoggerFactory.getLogger(McpEndpoint.class);
    /** Messages of one batch (MCP 2025-03-26): more are a mistake or an attack. */
    private static final int MOST_IN_BATCH = 50;
    /** How long a client may keep the list of tools, in milliseconds: it changes only with another key or another version. */
    private static final int LIST_KEPT = 300_000;

    private static final String EVENTS = "text/event-stream";
    private static final String INSTRUCTIONS =
            "Agents here keep a memory across conversations. Use list_agents to find one, send_message to talk to it."
                    + " search_archival_memory and the block tools look into what an agent remembers and change it.";

    private final Door door;
    private final Gate gate;
    private final BodyReader bodies;
    private final String version;
    private final List<AgentTool> tools;

    McpEndpoint(Rooms rooms, Door door, Gate gate, BodyReader bodies) {
        this.door = door;
        this.gate = gate;
        this.bodies = bodies;
        this.version = rooms.version();
        this.tools = new AgentTools(rooms).all();
    }

    List<Route> routes() {
        return List.of(Route.post("/mcp", "Mneme as an MCP server")
                .reach(Route.Reach.EVERYBODY)
                .hidden()
                .by(this::answer));
    }

    private Answer answer(Call call) {
        @Nullable JsonNode id = null;
        try {
            checkOrigin(call);
            JsonNode message = read(call);
            if (message.isArray()) {
                return batch(call, (ArrayNode) message);
            }
            id = idOf(message);
            McpDialect dialect = McpDialect.of(message, call.headers());
            if (id == null) {
                return new Answer.Empty(202, Map.of());
            }
            JsonNode known = id;
            if (slow(message) && accepts(call)) {
                return Answer.stream(out -> out.data(
                        Json.write(reply(call, dialect, message, known, new Telling(out, message, dialect.modern())))));
            }
            return Answer.ok(reply(call, dialect, message, id, Telling.NOBODY));
        } catch (RpcFault e) {
            return new Answer.Json(e.status(), e.message(id), Map.of());
        }
    }

    /** The specification wants this of every request, whoever authenticates it. */
    private void checkOrigin(Call call) {
        String origin = call.header("origin");
        if (origin != null && !door.ownOrigin(origin, call.header("host"))) {
            throw new RpcFault(
                    403,
                    RpcFault.INVALID_REQUEST,
                    "Pages of '" + origin + "' may not use this server. Add it to ACCEPTABLE_ORIGINS.");
        }
    }

    private JsonNode read(Call call) {
        try {
            JsonNode message =
                    bodies.json(call.header("content-type"), call.content().get());
            if (message.isContainerNode()) {
                return message;
            }
        } catch (Invalid e) {
            throw new RpcFault(400, RpcFault.PARSE_ERROR, "The body is not JSON (Content-Type: application/json)");
        }
        throw new RpcFault(400, RpcFault.INVALID_REQUEST, "The body is not a JSON-RPC message");
    }

    /** The id of a request; null: a notification or a response, to which nothing is said. */
    private static @Nullable JsonNode idOf(JsonNode message) {
        boolean response = !message.has("method") && (message.has("result") || message.has("error"));
        if (!message.path("jsonrpc").asText().equals("2.0")
                || !(response || message.path("method").isTextual())) {
            throw new RpcFault(400, RpcFault.INVALID_REQUEST, "The body is not a JSON-RPC 2.0 message");
        }
        if (response || !message.has("id")) {
            return null;
        }
        JsonNode id = message.path("id");
        if (!id.isTextual() && !id.isIntegralNumber()) {
            throw new RpcFault(400, RpcFault.INVALID_REQUEST, "id must be a text or a whole number");
        }
        return id;
    }

    /** Several messages in one body, which only MCP 2025-03-26 knows. */
    private Answer batch(Call call, ArrayNode messages) {
        if (messages.isEmpty() || messages.size() > MOST_IN_BATCH) {
            throw new RpcFault(400, RpcFault.INVALID_REQUEST, "A batch has 1 to " + MOST_IN_BATCH + " messages");
        }
        List<ObjectNode> replies = new ArrayList<>();
        for (JsonNode message : messages) {
            @Nullable JsonNode id = null;
            try {
                id = idOf(message);
                if (id != null) {
                    replies.add(reply(call, McpDialect.of(message, call.headers()), message, id, Telling.NOBODY));
                }
            } catch (RpcFault e) {
                replies.add(e.message(id));
            }
        }
        return replies.isEmpty() ? new Answer.Empty(202, Map.of()) : Answer.ok(replies);
    }

    private boolean slow(JsonNode message) {
        return message.path("method").asText().equals("tools/call")
                && tools.stream().filter(named(message.path("params"))).anyMatch(AgentTool::slow);
    }

    private static Predicate<AgentTool> named(JsonNode params) {
        String name = params.path("name").asText();
        return tool -> tool.name().equals(name);
    }

    private static boolean accepts(Call call) {
        String accepted = call.header("accept");
        return accepted != null && accepted.contains(EVENTS);
    }

    /** The response to a request. A fault that is no more than an error of JSON-RPC is one; others are thrown. */
    private ObjectNode reply(Call call, McpDialect dialect, JsonNode message, JsonNode id, AgentTool.Watcher watcher) {
        ObjectNode out = Json.object().put("jsonrpc", "2.0");
        out.set("id", id);
        try {
            ObjectNode result = result(call, dialect, message, watcher);
            out.set("result", dialect.finish(result, server()));
            return out;
        } catch (RpcFault e) {
            if (e.status() != 200) {
                throw e;
            }
            return e.message(id);
        }
    }

    private ObjectNode result(Call call, McpDialect dialect, JsonNode message, AgentTool.Watcher watcher) {
        String method = message.path("method").asText();
        JsonNode params = message.path("params");
        return switch (method) {
            case "tools/list" -> list(call, dialect);
            case "tools/call" -> call(call, params, watcher);
            case "server/discover" -> discovered();
            case "initialize" -> {
                if (dialect.modern()) {
                    throw dialect.unknown(method);
                }
                yield initialized(params);
            }
            case "ping" -> {
                if (dialect.modern()) {
                    throw dialect.unknown(method);
                }
                yield Json.object();
            }
            default -> throw dialect.unknown(method);
        };
    }

    private ObjectNode server() {
        return Json.object().put("name", "mneme").put("title", "Mneme").put("version", version);
    }

    private ObjectNode initialized(JsonNode params) {
        ObjectNode out = Json.object().put("protocolVersion", McpDialect.agreed(params.path("protocolVersion")));
        out.putObject("capabilities").putObject("tools");
        out.set("serverInfo", server());
        return out.put("instructions", INSTRUCTIONS);
    }

    private static ObjectNode discovered() {
        ObjectNode out = Json.object();
        McpDialect.all().forEach(out.putArray("supportedVersions")::add);
        out.putObject("capabilities").putObject("tools");
        return out.put("instructions", INSTRUCTIONS).put("ttlMs", LIST_KEPT).put("cacheScope", "public");
    }

    private ObjectNode list(Call call, McpDialect dialect) {
        ObjectNode out = Json.object();
        ArrayNode list = out.putArray("tools");
        tools.stream().filter(tool -> tool.shownTo(call.access())).forEach(tool -> list.add(tool.listed()));
        if (dialect.modern()) {
            out.put("ttlMs", LIST_KEPT).put("cacheScope", "private");
        }
        return out;
    }

    /** What a tool refuses is for the model to read, so it is a result; only an unknown tool is an error of the protocol. */
    private ObjectNode call(Call call, JsonNode params, AgentTool.Watcher watcher) {
        AgentTool tool = tools.stream()
                .filter(named(params))
                .findFirst()
                .orElseThrow(() -> new RpcFault(
                        200,
                        RpcFault.INVALID_PARAMS,
                        "There is no tool " + params.path("name").asText("without a name")));
        try {
            ToolInput input = ToolInput.of(params.path("arguments"), tool.fields());
            gate.check(call.access(), tool.reach(), input.ids(tool.fields()), Json.object());
            return tool.work().run(call, input, watcher).json();
        } catch (Problem e) {
            return AgentTool.Result.refused(e.detail()).json();
        } catch (ModelException e) {
            return AgentTool.Result.refused(e.sentence()).json();
        } catch (SseWriter.Gone | RpcFault e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.error("request {} failed in the tool {}", call.id(), tool.name(), e);
            throw new RpcFault(200, RpcFault.INTERNAL_ERROR, "The server failed; its log has more under " + call.id());
        }
    }

    /** Tells a client on its stream how a call goes, if it asked for that. Confined to one thread. */
    private static final class Telling implements AgentTool.Watcher {
        /** For answers that are no streams. */
        static final AgentTool.Watcher NOBODY = new AgentTool.Watcher() {
            @Override
            public void happened(String what) {
                // nobody can hear it
            }

            @Override
            public void quiet() {
                // nobody can hear it
            }

            @Override
            public boolean stopsWork() {
                return false;
            }
        };

        private final SseWriter out;
        private final JsonNode token;
        private final boolean stops;
        private int count;

        Telling(SseWriter out, JsonNode message, boolean stops) {
            this.out = out;
            this.token = message.path("params").path("_meta").path("progressToken");
            this.stops = stops;
        }

        @Override
        public void happened(String what) {
            if (what.isEmpty() || !(token.isTextual() || token.isIntegralNumber())) {
                return;
            }
            ObjectNode note = Json.object().put("jsonrpc", "2.0").put("method", "notifications/progress");
            ObjectNode params = note.putObject("params");
            params.set("progressToken", token);
            params.put("progress", ++count).put("message", what);
            out.data(Json.write(note));
        }

        @Override
        public void quiet() {
            out.comment();
        }

        @Override
        public boolean stopsWork() {
            return stops;
        }
    }
}
