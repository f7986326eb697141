package dev.mneme.tool.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.Json;
import dev.mneme.tool.AgentEnvironment;
import dev.mneme.tool.RowTools;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.ToolType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs the tools of other servers (contract 11 §4). Thread-safe. */
public final class McpTools implements RowTools {
    private final McpServers servers;
    private final AgentEnvironment environment;

    public McpTools(McpServers servers, AgentEnvironment environment) {
        this.servers = servers;
        this.environment = environment;
    }

    @Override
    public Set<ToolType> types() {
        return Set.of(ToolType.EXTERNAL_MCP);
    }

    @Override
    public ToolEffect call(ToolRow row, ObjectNode arguments, ToolContext context) {
        ToolOutcome outcome = run(
                new Behalf(context.organizationId(), context.userId(), context.agentId()),
                row,
                arguments,
                environment.of(context.organizationId(), context.agentId()));
        return tx -> outcome;
    }

    /** Calls the tool for nobody's agent: templates have no values. Throws when the server cannot be spoken to. */
    public ToolOutcome direct(String org, String userId, McpServer server, String remoteName, ObjectNode arguments)
            throws McpFailure {
        try {
            return outcome(servers.call(new Behalf(org, userId, null), server, remoteName, arguments, Map.of()));
        } catch (McpFailure e) {
            if (e.kind() == McpFailure.Kind.REFUSED) {
                return new ToolOutcome.Failed(e.why(), null);
            }
            throw e;
        }
    }

    private ToolOutcome run(Behalf behalf, ToolRow row, ObjectNode arguments, Map<String, String> values) {
        McpServer server = servers.of(behalf.org(), row);
        if (server == null) {
            return new ToolOutcome.Failed(
                    "Error executing function " + row.name() + ": its MCP server is no longer registered.", null);
        }
        try {
            ObjectNode clean = arguments.deepCopy();
            clean.remove("request_heartbeat");
            return outcome(servers.call(behalf, server, remote(row), clean, values));
        } catch (McpFailure e) {
            return new ToolOutcome.Failed(
                    e.kind() == McpFailure.Kind.REFUSED
                            ? e.why()
                            : "Error executing function " + row.name() + ": MCP server " + server.name() + ": "
                                    + e.why(),
                    null);
        }
    }

    /** The server's own name of a stored tool. */
    public static String remote(ToolRow row) {
        return row.metadata().path("mcp").path("tool_name").asText(row.name());
    }

    private static ToolOutcome outcome(JsonNode result) {
        String text = text(result);
        if (result.path("isError").asBoolean()) {
            return new ToolOutcome.Failed(text, null);
        }
        JsonNode parts = result.path("content");
        for (JsonNode part : parts) {
            if (part.path("type").asText().equals("image")) {
                return new ToolOutcome.Ok(pictured(parts));
            }
        }
        return new ToolOutcome.Ok(TextNode.valueOf(text));
    }

    /** Texts and images as they are, other parts as their JSON in a text: then the images reach the model. */
    private static JsonNode pictured(JsonNode parts) {
        ArrayNode out = Json.array();
        for (JsonNode part : parts) {
            boolean known = List.of("text", "image").contains(part.path("type").asText());
            out.add(known ? part : Json.object().put("type", "text").put("text", part.toString()));
        }
        return out;
    }

    /** The texts, joined by blanks; other parts as their JSON. */
    private static String text(JsonNode result) {
        List<String> parts = new ArrayList<>();
        for (JsonNode part : result.path("content")) {
            parts.add(
                    part.path("type").asText().equals("text")
                            ? part.path("text").asText()
                            : part.toString());
        }
        if (parts.isEmpty() && result.path("structuredContent").isObject()) {
            parts.add(result.path("structuredContent").toString());
        }
        return parts.isEmpty() ? "Empty response from tool" : String.join(" ", parts);
    }
}
