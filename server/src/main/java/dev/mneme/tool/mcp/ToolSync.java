package dev.mneme.tool.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.ToolType;
import dev.mneme.tool.Tools;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the stored tools of a server those that it offers (contract 11 §4). Thread-safe. */
public final class ToolSync {
    /** Providers take no longer names. */
    private static final int LONGEST_NAME = 64;

    private static final String STUB =
            "def %s(**kwargs):\n    raise RuntimeError(\"This tool runs on its MCP server.\")\n";

    private final Tools tools;

    ToolSync(Tools tools) {
        this.tools = tools;
    }

    /** A tool that was left out, and why. */
    public record Left(String name, List<String> reasons) {}

    /** What became of the tools: names as the server has them. */
    public record Synced(List<String> deleted, List<String> updated, List<String> added, List<Left> left) {}

    Synced sync(Tx tx, McpServer server, List<JsonNode> offered, long now, @Nullable String userId) {
        Map<String, String> known = McpSql.mapped(tx, server.id());
        Synced out = new Synced(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Set<String> seen = new HashSet<>();
        long time = now;
        for (JsonNode tool : offered) {
            String name = tool.path("name").asText();
            List<String> faults = faults(tool, seen);
            if (!faults.isEmpty()) {
                out.left().add(new Left(name, faults));
                continue;
            }
            String id = known.get(name);
            ToolRow old = id == null ? null : tools.find(tx, id);
            if (old == null) {
                String refused = add(tx, server, tool, time++, userId);
                if (refused == null) {
                    out.added().add(name);
                } else {
                    out.left().add(new Left(name, List.of(refused)));
                }
            } else {
                ToolRow made = row(old, old.id(), old.name(), server, tool, old.createdAt(), time++, userId);
                if (!made.tags().equals(old.tags())
                        || !made.metadata().equals(old.metadata())
                        || !Objects.equals(made.jsonSchema(), old.jsonSchema())) {
                    tools.update(tx, made);
                    out.updated().add(name);
                }
            }
        }
        known.forEach((name, id) -> {
            if (!seen.contains(name)) {
                tools.delete(tx, id);
                out.deleted().add(name);
            }
        });
        return out;
    }

    private static List<String> faults(JsonNode tool, Set<String> seen) {
        String name = tool.path("name").asText();
        if (!tool.isObject() || name.isEmpty()) {
            return List.of("it has no name");
        }
        if (!name.matches("[A-Za-z0-9_.:/-]{1,128}")) {
            seen.add(name);
            return List.of("its name is none that a model can call: letters, digits, '_' and '-', 128 at most");
        }
        if (!seen.add(name)) {
            return List.of("the server offers two tools of this name; the first is kept");
        }
        SchemaHealth health = SchemaHealth.of(SchemaHealth.ready(tool.path("inputSchema")));
        return health.status() == SchemaHealth.Status.INVALID ? health.reasons() : List.of();
    }

    /** Stores a tool that is not there yet; why it was refused, null: it was not. */
    @Nullable
    String add(Tx tx, McpServer server, JsonNode tool, long now, @Nullable String userId) {
        String remote = tool.path("name").asText();
        String name = free(tx, server, remote);
        if (name == null) {
            return "a tool of another server or of yours has this name, and " + prefixed(server, remote)
                    + " is taken too; rename one of them";
        }
        String id = IdKind.TOOL.next();
        tools.insert(tx, row(null, id, name, server, tool, now, now, userId));
        McpSql.map(tx, server.id(), id, remote);
        return null;
    }

    /** The name for a tool: its own, or with the server's before it when somebody else has it; null when both are taken. */
    private @Nullable String free(Tx tx, McpServer server, String remote) {
        for (String name : List.of(plain(remote), prefixed(server, remote))) {
            if (tools.byNames(tx, List.of(name)).isEmpty()) {
                return name;
            }
        }
        return null;
    }

    private static String prefixed(McpServer server, String remote) {
        return plain(server.name() + "_" + remote);
    }

    private static String plain(String name) {
        String text = name.replaceAll("[^A-Za-z0-9_-]", "_");
        return text.substring(0, Math.min(LONGEST_NAME, text.length()));
    }

    private static ToolRow row(
            @Nullable ToolRow old,
            String id,
            String name,
            McpServer server,
            JsonNode tool,
            long createdAt,
            long now,
            @Nullable String userId) {
        String description = tool.path("description").asText("");
        ObjectNode parameters = SchemaHealth.ready(tool.path("inputSchema"));
        SchemaHealth health = SchemaHealth.of(parameters);
        ObjectNode schema = Json.object().put("name", name).put("description", description);
        schema.set("parameters", parameters);
        schema.put("mcp:SCHEMA_STATUS", health.status().name());
        schema.set("mcp:SCHEMA_WARNINGS", Json.tree(health.reasons()));
        ObjectNode metadata = Json.object();
        metadata.putObject("mcp")
                .put("server_name", server.name())
                .put("server_id", server.id())
                .put("tool_name", tool.path("name").asText());
        return new ToolRow(
                id,
                ToolType.EXTERNAL_MCP.word(),
                description,
                "python",
                name,
                List.of("mcp:" + server.name()),
                STUB.formatted(name.replace('-', '_')),
                schema,
                Json.object(),
                old == null ? ToolRow.RETURN_CHAR_LIMIT : old.returnCharLimit(),
                old == null ? null : old.pipRequirements(),
                old == null ? null : old.npmRequirements(),
                old == null ? null : old.defaultRequiresApproval(),
                old != null && old.enableParallelExecution(),
                old == null ? userId : old.createdById(),
                userId == null && old != null ? old.lastUpdatedById() : userId,
                metadata,
                old == null ? null : old.projectId(),
                createdAt,
                now);
    }
}
