package dev.mneme.tool.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.Tools;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The registered servers and their tools (contract 11). Thread-safe. */
public final class McpServers {
    /** Servers of one organisation that a list shows (contract 11 §2). */
    private static final int MOST = 200;

    /** Between two rounds of asking a server for its tools because it said that they are others. */
    private static final Duration RESYNC_PAUSE = Duration.ofSeconds(10);

    private final Db db;
    private final McpSql sql;
    private final Tools tools;
    private final ToolSync sync;
    private final Connections connections;
    private final SignIns signIns;
    private final OutboundGuard guard;
    private final Scope scope;
    /** Ids of servers that said that their tools are others, and were not asked since. */
    private final Set<String> news = ConcurrentHashMap.newKeySet();

    /** Ids of servers with a round under way or its pause. */
    private final Set<String> listening = ConcurrentHashMap.newKeySet();

    public McpServers(
            Db db,
            Tools tools,
            Sealing sealing,
            Connections connections,
            SignIns signIns,
            OutboundGuard guard,
            Scope scope) {
        this.db = db;
        this.sql = new McpSql(sealing);
        this.tools = tools;
        this.sync = new ToolSync(tools);
        this.connections = connections;
        this.signIns = signIns;
        this.guard = guard;
        this.scope = scope;
    }

    /** A server with what became of its tools; synced null: it was not reached. */
    public record Registered(McpServer server, ToolSync.@Nullable Synced synced) {}

    /** Stores the server, then imports its tools. A failure to connect is told in the server and is no refusal. */
    public Registered create(String org, @Nullable String userId, String name, McpConfig config) {
        connections.checkAllowed(config);
        McpServer made = db.of(org).write(tx -> {
            unused(tx, name);
            McpServer server = new McpServer(
                    IdKind.MCP_SERVER.next(), name, config, null, db.clock().next());
            sql.insert(tx, server, userId);
            return server;
        });
        ToolSync.Synced synced;
        try {
            synced = resync(org, userId, made, null);
        } catch (McpFailure e) {
            // Kept in the server's row, which the answer shows.
            synced = null;
        }
        return new Registered(get(org, made.id()), synced);
    }

    private void unused(Tx tx, String name) {
        if (sql.named(tx, name) != null) {
            throw Problem.conflict("An MCP server with the name " + name + " exists already.");
        }
    }

    public List<McpServer> list(String org) {
        return db.of(org).read(tx -> sql.list(tx, MOST));
    }

    /** The server, or 404. */
    public McpServer get(String org, String id) {
        McpServer found =
                db.of(org).read(tx -> Optional.ofNullable(sql.find(tx, id))).orElse(null);
        if (found == null) {
            throw Problem.notFound("MCP server with id " + id + " not found.");
        }
        return found;
    }

    /** The server of that name, or 404. */
    public McpServer named(String org, String name) {
        McpServer found =
                db.of(org).read(tx -> Optional.ofNullable(sql.named(tx, name))).orElse(null);
        if (found == null) {
            throw Problem.notFound("MCP server " + name + " not found");
        }
        return found;
    }

    /** Changes name and settings; null leaves as it is. 409 when another server has the name. */
    public McpServer update(
            String org, @Nullable String userId, String id, @Nullable String name, @Nullable McpConfig change) {
        McpServer made = db.of(org).write(tx -> {
            McpServer old = sql.find(tx, id);
            if (old == null) {
                throw Problem.notFound("MCP server with id " + id + " not found.");
            }
            if (change != null && change.type() != old.config().type()) {
                throw Problem.invalid(
                        "An MCP server of type " + old.config().type().word() + " cannot become one of type "
                                + change.type().word() + ": delete it and register it anew.");
            }
            if (name != null && !name.equals(old.name())) {
                unused(tx, name);
            }
            McpServer changed = new McpServer(
                    id,
                    name == null ? old.name() : name,
                    change == null ? old.config() : old.config().with(change),
                    old.failure(),
                    old.createdAt());
            sql.update(tx, changed, db.clock().next(), userId);
            if (!Objects.equals(old.config().url(), changed.config().url())) {
                signedOut(tx, old);
            }
            return changed;
        });
        connections.forget(id);
        return made;
    }

    /** Nobody is signed in at its address any more; the tokens are given back behind the answer. */
    private void signedOut(Tx tx, McpServer server) {
        String url = server.config().url();
        if (url != null) {
            Runnable giveBack = signIns.end(tx, url);
            tx.afterCommit(() -> scope.fork("revoke", giveBack));
        }
    }

    /** Deletes the server with its tools, or 404. */
    public void delete(String org, String id) {
        McpServer old = get(org, id);
        db.of(org).write(tx -> {
            signedOut(tx, old);
            McpSql.mapped(tx, id).values().forEach(toolId -> tools.delete(tx, toolId));
            McpSql.delete(tx, id);
            return true;
        });
        connections.forget(id);
    }

    /** The stored tools; empty for an unknown server. */
    public List<ToolRow> tools(String org, String id) {
        return db.of(org).read(tx -> tools.byIds(tx, McpSql.mapped(tx, id).values()));
    }

    /** One of them, or 404. */
    public ToolRow tool(String org, String id, String toolId) {
        return tools(org, id).stream()
                .filter(each -> each.id().equals(toolId))
                .findFirst()
                .orElseThrow(() -> Problem.notFound("Tool with id " + toolId + " not found on MCP server " + id + "."));
    }

    /** Makes the stored tools those that the server offers now. */
    public ToolSync.Synced resync(String org, @Nullable String userId, McpServer server, @Nullable String agentId)
            throws McpFailure {
        List<JsonNode> offered;
        try {
            offered = listed(new Behalf(org, userId, agentId), server);
        } catch (McpFailure e) {
            remember(org, server.id(), e.why());
            throw e;
        }
        return db.of(org).write(tx -> {
            McpServer now = sql.find(tx, server.id());
            if (now == null) {
                throw Problem.notFound("MCP server with id " + server.id() + " not found.");
            }
            McpSql.fail(tx, server.id(), null);
            return sync.sync(tx, now, offered, db.clock().next(), userId);
        });
    }

    private List<JsonNode> listed(Behalf behalf, McpServer server) throws McpFailure {
        return connections.use(server, Map.of(), behalf, () -> changed(behalf, server.id()), Connection::tools);
    }

    private void remember(String org, String id, String failure) {
        db.of(org).write(tx -> {
            McpSql.fail(tx, id, failure);
            return true;
        });
    }

    /**
     * The server said that its tools are others now: they are asked for at once, and what it says meanwhile is answered by one further round
     * after {@link #RESYNC_PAUSE}, so that a server which says so whenever it is asked does not keep us busy.
     */
    private void changed(Behalf behalf, String id) {
        news.add(id);
        if (!listening.add(id)) {
            return;
        }
        boolean forked = scope.fork("mcp-resync", () -> {
            try {
                while (news.remove(id)) {
                    resynced(behalf, id);
                    Thread.sleep(RESYNC_PAUSE);
                }
            } catch (InterruptedException e) {
                // The server is being stopped.
                Thread.currentThread().interrupt();
            } finally {
                listening.remove(id);
            }
        });
        if (!forked) {
            listening.remove(id);
        }
    }

    private void resynced(Behalf behalf, String id) {
        McpServer server = db.of(behalf.org())
                .read(tx -> Optional.ofNullable(sql.find(tx, id)))
                .orElse(null);
        if (server == null) {
            return;
        }
        try {
            resync(behalf.org(), behalf.userId(), server, null);
        } catch (McpFailure e) {
            // Kept in the server's row by resync; the next connection syncs again.
            return;
        }
    }

    /** What the server offers now, as it says it, with the health of each schema. */
    public List<ObjectNode> offered(String org, String userId, McpServer server) throws McpFailure {
        return healthy(listed(new Behalf(org, userId, null), server));
    }

    /** The same of a server that is not stored. */
    public List<ObjectNode> probe(String org, String userId, McpConfig config) throws McpFailure {
        return healthy(connections.once(config, new Behalf(org, userId, null), Connection::tools));
    }

    private static List<ObjectNode> healthy(List<JsonNode> offered) {
        return offered.stream()
                .filter(JsonNode::isObject)
                .map(tool -> {
                    ObjectNode out = Json.object();
                    ObjectNode schema = SchemaHealth.ready(tool.path("inputSchema"));
                    for (String key : List.of("name", "title", "description")) {
                        out.set(key, tool.path(key).isMissingNode() ? null : tool.path(key));
                    }
                    out.set("inputSchema", schema);
                    for (String key : List.of("outputSchema", "annotations", "_meta")) {
                        out.set(key, tool.path(key).isMissingNode() ? null : tool.path(key));
                    }
                    SchemaHealth health = SchemaHealth.of(schema);
                    out.putObject("health")
                            .put("status", health.status().name())
                            .set("reasons", Json.tree(health.reasons()));
                    return out;
                })
                .toList();
    }

    /** Registers one tool by its name, also one with an invalid schema. */
    public ToolRow register(String org, @Nullable String userId, McpServer server, String name) throws McpFailure {
        JsonNode tool = listed(new Behalf(org, userId, null), server).stream()
                .filter(each -> each.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow(
                        () -> Problem.notFound("MCP server " + server.name() + " does not offer a tool " + name + "."));
        return db.of(org).write(tx -> {
            if (!McpSql.mapped(tx, server.id()).containsKey(name)) {
                String refused = sync.add(tx, server, tool, db.clock().next(), userId);
                if (refused != null) {
                    throw Problem.conflict(name + ": " + refused);
                }
            }
            return Objects.requireNonNull(
                    tools.find(tx, String.valueOf(McpSql.mapped(tx, server.id()).get(name))));
        });
    }

    /** Calls a tool by the server's own name of it. */
    JsonNode call(
            Behalf behalf, McpServer server, String remoteName, ObjectNode arguments, Map<String, String> environment)
            throws McpFailure {
        return connections.use(
                server,
                environment,
                behalf,
                () -> changed(behalf, server.id()),
                connection -> connection.call(remoteName, arguments));
    }

    /** The server that a stored tool came from, null: it is gone. */
    @Nullable
    McpServer of(String org, ToolRow tool) {
        String id = tool.metadata().path("mcp").path("server_id").asText();
        return db.of(org).read(tx -> Optional.ofNullable(sql.find(tx, id))).orElse(null);
    }

    /** Why an address may not be registered, in the contract's words (11 §1); null: it may. */
    public @Nullable String complaint(@Nullable String url) {
        if (url == null) {
            return "server_url must start with 'http://' or 'https://', got: ''";
        }
        URI uri;
        try {
            uri = URI.create(url.strip());
        } catch (IllegalArgumentException e) {
            return "server_url must be a valid URL, got: '" + url + "'";
        }
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return "server_url must start with 'http://' or 'https://', got: '" + url + "'";
        }
        String host = uri.getHost();
        if (host == null) {
            return "server_url must have a valid hostname, got: '" + url + "'";
        }
        boolean number = host.startsWith("[") || host.matches("[0-9.]+");
        String lower = host.toLowerCase(Locale.ROOT);
        boolean internal = lower.equals("localhost")
                || lower.endsWith(".localhost")
                || lower.endsWith(".internal")
                || lower.endsWith(".local");
        if (!number && !internal) {
            return null;
        }
        try {
            guard.check(uri);
            return null;
        } catch (Problem e) {
            String what = number ? "Non-public IP not allowed: " : "Blocked internal hostname: ";
            return what + host + " (an operator can list it in MNEME_ALLOWED_PRIVATE_HOSTS)";
        }
    }

    /** A failure as an answer (contract 11, Errors). */
    public static Problem problem(McpFailure failure) {
        return switch (failure.kind()) {
            case TIMEOUT -> new Problem(ProblemCode.MCP_TIMEOUT, "MCP server: " + failure.why(), failure);
            case UNREACHABLE, UNAUTHORIZED, MALFORMED, REFUSED, EXPIRED ->
                failure.why().startsWith("Cannot resolve hostname: ")
                        ? new Problem(ProblemCode.INVALID_ARGUMENT, failure.why(), failure)
                        : new Problem(
                                ProblemCode.MCP_CONNECTION_ERROR, "INTERNAL_SERVER_ERROR: " + failure.why(), failure);
        };
    }
}
