package dev.mneme.tool.mcp;

import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** Connections that are kept for the next call; broken ones are made anew. Thread-safe. */
public final class Connections implements AutoCloseable {
    /** Kept at once, over all servers and agents: each is a socket or a program. */
    private static final int MOST = 64;

    /** Programs that run at once, at work or kept: each is a process, often of a hundred megabytes. */
    private static final int MOST_PROGRAMS = 64;

    /** What may be sent to whom: the next call may take the connection only if all of it is the same. */
    private record Key(
            String serverId,
            McpConfig config,
            Map<String, String> environment,
            Behalf behalf,
            @Nullable String signIn) {}

    /** Work with a connection. */
    interface Use<T> {
        T with(Connection connection) throws McpFailure;
    }

    private final OutboundGuard guard;
    private final McpOptions options;
    private final SignIns signIns;
    private final Semaphore programs;
    private final Map<Key, Connection> kept = new LinkedHashMap<>(16, 0.75f, true);

    public Connections(OutboundGuard guard, McpOptions options, SignIns signIns) {
        this(guard, options, signIns, MOST_PROGRAMS);
    }

    Connections(OutboundGuard guard, McpOptions options, SignIns signIns, int mostPrograms) {
        this.guard = guard;
        this.options = options;
        this.signIns = signIns;
        this.programs = new Semaphore(mostPrograms);
    }

    /** Refuses programs of this machine unless the operator has allowed them. */
    void checkAllowed(McpConfig config) {
        if (config.type() == McpConfig.Type.STDIO && !options.stdio()) {
            throw new Problem(
                    ProblemCode.INVALID_ARGUMENT,
                    "MCP stdio servers are disabled. Set MCP_DISABLE_STDIO=false to enable them.");
        }
    }

    /** Does it with a kept connection, or a new one. changed: run when the server says that its tools are others now. */
    <T> T use(McpServer server, Map<String, String> environment, Behalf behalf, Runnable changed, Use<T> use)
            throws McpFailure {
        McpConfig config = server.config();
        checkAllowed(config);
        Bearer bearer = bearer(config, behalf);
        Key key = new Key(
                server.id(),
                config,
                Map.copyOf(environment),
                // A program does not learn who the user is.
                config.type() == McpConfig.Type.STDIO ? new Behalf(behalf.org(), null, behalf.agentId()) : behalf,
                bearer == null ? null : bearer.id());
        Connection known = take(key);
        if (known != null) {
            try {
                return handBack(key, known, use);
            } catch (McpFailure e) {
                if (e.kind() != McpFailure.Kind.EXPIRED) {
                    throw e;
                }
                // Nothing was done in a session that is no more: once again in a new one.
            }
        }
        return handBack(key, open(config, environment, behalf, bearer, changed), use);
    }

    /** Does it with a connection of its own. */
    <T> T once(McpConfig config, Behalf behalf, Use<T> use) throws McpFailure {
        checkAllowed(config);
        try (Connection connection = open(config, Map.of(), behalf, bearer(config, behalf), () -> {})) {
            return use.with(connection);
        }
    }

    private <T> T handBack(Key key, Connection connection, Use<T> use) throws McpFailure {
        boolean fine = false;
        try {
            T result = use.with(connection);
            fine = true;
            return result;
        } catch (McpFailure e) {
            fine = e.kind() == McpFailure.Kind.REFUSED;
            throw e;
        } finally {
            if (fine && connection.usable()) {
                keep(key, connection);
            } else {
                connection.close();
            }
        }
    }

    /** The user's own tokens for a server whose settings have none. */
    private @Nullable Bearer bearer(McpConfig config, Behalf behalf) {
        String url = config.url();
        return url == null || config.authorizes() ? null : signIns.bearer(behalf, url);
    }

    private Connection open(
            McpConfig config, Map<String, String> environment, Behalf behalf, @Nullable Bearer bearer, Runnable changed)
            throws McpFailure {
        return switch (config.type()) {
            case STDIO -> new Connection(program(config, environment, new Incoming(changed)), options);
            case SSE -> {
                HttpCalls calls = calls(config, environment, behalf, bearer);
                try {
                    yield new Connection(new SseLink(calls, new Incoming(changed), options.connect()), options);
                } catch (McpFailure e) {
                    calls.close();
                    throw e;
                }
            }
            case STREAMABLE_HTTP ->
                new Connection(new HttpLink(calls(config, environment, behalf, bearer), changed), options);
        };
    }

    /** Starts a program when there is room; it gives its place back when it is closed. */
    private StdioLink program(McpConfig config, Map<String, String> environment, Incoming incoming) throws McpFailure {
        while (!programs.tryAcquire()) {
            Connection idle = idleProgram();
            if (idle == null) {
                throw new McpFailure(
                        McpFailure.Kind.UNREACHABLE,
                        "too many programs of MCP servers are at work at once; try again when one of them has answered");
            }
            idle.close();
        }
        try {
            return new StdioLink(config, environment, incoming, programs::release);
        } catch (McpFailure e) {
            programs.release();
            throw e;
        }
    }

    /** The program that was used longest ago and is not at work, no longer kept; null: there is none. */
    private @Nullable Connection idleProgram() {
        synchronized (kept) {
            for (Key key : kept.keySet()) {
                if (key.config().type() == McpConfig.Type.STDIO) {
                    return kept.remove(key);
                }
            }
            return null;
        }
    }

    private HttpCalls calls(McpConfig config, Map<String, String> environment, Behalf behalf, @Nullable Bearer bearer)
            throws McpFailure {
        Map<String, String> headers = new LinkedHashMap<>(config.headers(environment));
        if (behalf.agentId() != null) {
            headers.put("X-Agent-Id", behalf.agentId());
        }
        return new HttpCalls(guard, config.url() == null ? "" : config.url(), headers, options.connect(), bearer);
    }

    private @Nullable Connection take(Key key) {
        Connection found;
        synchronized (kept) {
            found = kept.remove(key);
        }
        if (found != null && !found.usable()) {
            found.close();
            return null;
        }
        return found;
    }

    private void keep(Key key, Connection connection) {
        List<Connection> leaving = new ArrayList<>();
        synchronized (kept) {
            Connection other = kept.put(key, connection);
            if (other != null) {
                leaving.add(other);
            }
            if (kept.size() > MOST) {
                Key eldest = kept.keySet().iterator().next();
                Connection gone = kept.remove(eldest);
                if (gone != null) {
                    leaving.add(gone);
                }
            }
        }
        leaving.forEach(Connection::close);
    }

    /** Ends what is kept of a server. */
    void forget(String serverId) {
        List<Connection> leaving = new ArrayList<>();
        synchronized (kept) {
            kept.entrySet().removeIf(each -> {
                boolean its = each.getKey().serverId().equals(serverId);
                if (its) {
                    leaving.add(each.getValue());
                }
                return its;
            });
        }
        leaving.forEach(Connection::close);
    }

    @Override
    public void close() {
        List<Connection> leaving;
        synchronized (kept) {
            leaving = new ArrayList<>(kept.values());
            kept.clear();
        }
        leaving.forEach(Connection::close);
    }
}
