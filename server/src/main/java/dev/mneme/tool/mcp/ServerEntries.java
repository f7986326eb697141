package dev.mneme.tool.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Servers of tools as agent files hold them: never a token, a header or an environment (contract 10 §2, §3). Thread-safe. */
public final class ServerEntries {
    /** A value of an address whose name says that it is nobody else's business. */
    private static final Pattern SECRET =
            Pattern.compile("(?i)([?&][^=&#]*(?:key|token|secret|pass|auth|sig|code)[^=&#]*=)[^&#]*");

    private static final Pattern ADDRESS = Pattern.compile("(?i)https?://[^\\s]{1,2000}");

    /** Characters of a server's name. */
    private static final int LONGEST_NAME = 255;

    private static final Pattern USER = Pattern.compile("(?<=//)[^/@?#]*@");

    private final McpSql sql;

    public ServerEntries(Sealing sealing) {
        this.sql = new McpSql(sealing);
    }

    /** A server's id and its entry in the file, without a number. */
    public record Entry(String id, ObjectNode json) {}

    /** The servers that these tools came from. */
    public List<Entry> of(Tx tx, List<ToolRow> tools) {
        Set<String> ids = new TreeSet<>();
        for (ToolRow tool : tools) {
            String id = tool.metadata().path("mcp").path("server_id").textValue();
            if (id != null) {
                ids.add(id);
            }
        }
        List<Entry> out = new ArrayList<>();
        for (String id : ids) {
            McpServer server = sql.find(tx, id);
            if (server != null) {
                out.add(new Entry(id, entry(server)));
            }
        }
        return out;
    }

    /**
     * Takes a server in: its id. One of that name stays as it is, so that no file can send its token elsewhere. null: a program of this
     * machine, which only people may register.
     */
    public @Nullable String restore(Tx tx, Clock clock, @Nullable String userId, JsonNode entry) {
        String name = entry.path("server_name").asText("");
        McpServer known = sql.named(tx, name);
        if (known != null) {
            return known.id();
        }
        McpConfig.Type type =
                McpConfig.Type.find(entry.path("server_type").asText(McpConfig.Type.STREAMABLE_HTTP.word()));
        String url = entry.path("server_url").asText("");
        if (type == McpConfig.Type.STDIO) {
            return null;
        }
        if (type == null
                || name.isBlank()
                || name.length() > LONGEST_NAME
                || !ADDRESS.matcher(url).matches()) {
            throw Problem.invalid("the MCP server '" + name
                    + "' needs a server_name, a server_type (sse, streamable_http or stdio) and a server_url"
                    + " that begins with http:// or https://");
        }
        McpServer made = new McpServer(
                IdKind.MCP_SERVER.next(), name, McpConfig.http(type, bare(url), null, null, null), null, clock.next());
        sql.insert(tx, made, userId);
        return made.id();
    }

    /** Notes that a tool of an agent file is of this server. */
    public void link(Tx tx, String serverId, ToolRow tool) {
        McpSql.map(tx, serverId, tool.id(), McpTools.remote(tool));
    }

    private static ObjectNode entry(McpServer server) {
        McpConfig config = server.config();
        ObjectNode out = Json.object()
                .put("server_type", config.type().word())
                .put("server_name", server.name())
                .put("server_url", bare(config.url()));
        if (config.type() == McpConfig.Type.STDIO) {
            ObjectNode program = out.putObject("stdio_config")
                    .put("server_name", server.name())
                    .put("type", config.type().word())
                    .put("command", config.command());
            ArrayNode args = program.putArray("args");
            if (config.args() != null) {
                config.args().forEach(args::add);
            }
        } else {
            out.putNull("stdio_config");
        }
        out.putObject("metadata_");
        return out;
    }

    /** The address without a user's name and password, and without values that look like keys. */
    static @Nullable String bare(@Nullable String url) {
        return url == null
                ? null
                : SECRET.matcher(USER.matcher(url).replaceAll("")).replaceAll("$1");
    }
}
