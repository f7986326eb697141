package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.AgentSecret;
import dev.mneme.base.Json;
import dev.mneme.tool.mcp.McpConfig;
import dev.mneme.tool.mcp.McpServer;
import dev.mneme.tool.mcp.McpServers;
import dev.mneme.tool.mcp.ToolSync;
import dev.mneme.wire.McpProgram;
import dev.mneme.wire.McpServerConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Settings of MCP servers as they are read and shown (contract 11 §1). Secrets are shown masked; templates are no secrets. */
final class McpShapes {
    static final String NEW_KEY = "mcp_server_type";
    static final String OLD_KEY = "type";

    private static final String TEMPLATE = "\\s*(?:Bearer )?\\{\\{[^}|]*}}\\s*";

    private final McpServers servers;

    McpShapes(McpServers servers) {
        this.servers = servers;
    }

    /** The settings in a body. key: the discriminator; change: nothing has to be there. */
    McpConfig read(JsonNode json, String key, List<Object> place, boolean change) {
        McpServerConfig body = Binder.body(json, McpServerConfig.class);
        McpConfig.Type type = McpConfig.Type.find(key.equals(NEW_KEY) ? body.mcpServerType() : body.type());
        if (type == null) {
            throw new Invalid(Invalid.Fault.of(
                    "union_tag_invalid",
                    place,
                    "Input tag '" + json.path(key).asText() + "' found using '" + key
                            + "' does not match any of the expected tags: 'stdio', 'sse', 'streamable_http'",
                    json));
        }
        return read(body, type, json, place, change);
    }

    private McpConfig read(
            McpServerConfig body, McpConfig.Type type, JsonNode json, List<Object> place, boolean change) {
        if (type == McpConfig.Type.STDIO) {
            McpProgram inner = body.stdioConfig();
            String command = inner != null && change ? inner.command() : body.command();
            if (command == null && !change) {
                throw new Invalid(Invalid.Fault.missing(with(place, "command")));
            }
            return McpConfig.stdio(
                    command,
                    inner != null && change ? inner.args() : body.args(),
                    unmasked(inner != null && change ? inner.env() : body.env()));
        }
        if (!change || body.serverUrl() != null) {
            if (!json.has("server_url")) {
                throw new Invalid(Invalid.Fault.missing(with(place, "server_url")));
            }
            String complaint = servers.complaint(body.serverUrl());
            if (complaint != null) {
                throw new Invalid(Invalid.Fault.of(
                        "value_error",
                        with(place, "server_url"),
                        "Value error, " + complaint,
                        json.path("server_url")));
            }
        }
        String token = body.authToken() != null ? body.authToken() : body.token();
        String header =
                body.authHeader() == null && (change || body.token() != null) ? "Authorization" : body.authHeader();
        boolean masked = token != null && token.endsWith(AgentSecret.MASK);
        return McpConfig.http(type, body.serverUrl(), header, masked ? null : token, unmasked(body.customHeaders()));
    }

    /** A value that is only our own mask says nothing: the map is left as it is. */
    private static @Nullable Map<String, String> unmasked(@Nullable Map<String, String> given) {
        return given == null || given.containsValue(AgentSecret.MASK) ? null : given;
    }

    private static List<Object> with(List<Object> place, String key) {
        return java.util.stream.Stream.concat(place.stream(), java.util.stream.Stream.<Object>of(key))
                .toList();
    }

    /** The newer shape. */
    static ObjectNode view(McpServer server) {
        ObjectNode out = config(server, NEW_KEY);
        out.put("id", server.id()).put("server_name", server.name());
        if (server.failure() != null) {
            out.put("connection_error", server.failure());
        }
        return out;
    }

    /** The newer shape with what was left out of the tools. */
    static ObjectNode view(McpServers.Registered registered) {
        ObjectNode out = view(registered.server());
        ToolSync.Synced synced = registered.synced();
        if (synced != null && !synced.left().isEmpty()) {
            out.set("failed_tools", Json.tree(synced.left()));
        }
        return out;
    }

    /** The older shape. */
    static ObjectNode older(McpServer server) {
        ObjectNode out = Json.object().put("server_name", server.name());
        out.setAll(config(server, OLD_KEY));
        if (server.failure() != null) {
            out.put("connection_error", server.failure());
        }
        return out;
    }

    private static ObjectNode config(McpServer server, String key) {
        McpConfig config = server.config();
        ObjectNode out = Json.object().put(key, config.type().word());
        if (config.type() == McpConfig.Type.STDIO) {
            out.put("command", config.command());
            out.set("args", config.args() == null ? null : Json.tree(config.args()));
            out.set("env", masked(config.env()));
            return out;
        }
        out.put("server_url", config.url()).put("auth_header", config.authHeader());
        String bearer = "Authorization".equals(config.authHeader()) ? "Bearer " : "";
        out.put("auth_token", config.authToken() == null ? null : bearer + masked(config.authToken()));
        out.set("custom_headers", masked(config.customHeaders()));
        return out;
    }

    private static @Nullable JsonNode masked(@Nullable Map<String, String> values) {
        if (values == null) {
            return null;
        }
        ObjectNode out = Json.object();
        values.forEach((name, value) -> out.put(name, masked(value)));
        return out;
    }

    private static String masked(String value) {
        return value.matches(TEMPLATE) ? value : AgentSecret.MASK;
    }

    static ObjectNode synced(ToolSync.Synced synced) {
        ObjectNode out = Json.object();
        out.set("deleted", Json.tree(synced.deleted()));
        out.set("updated", Json.tree(synced.updated()));
        out.set("added", Json.tree(synced.added()));
        if (!synced.left().isEmpty()) {
            out.set("failed", Json.tree(synced.left()));
        }
        return out;
    }
}
