package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.tool.ToolOutcome;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.mcp.McpConfig;
import dev.mneme.tool.mcp.McpFailure;
import dev.mneme.tool.mcp.McpServer;
import dev.mneme.tool.mcp.McpServers;
import dev.mneme.tool.mcp.McpTools;
import dev.mneme.tool.mcp.SignIns;
import dev.mneme.tool.mcp.ToolSync;
import dev.mneme.wire.CreateMcpServer;
import dev.mneme.wire.McpServerConfig;
import dev.mneme.wire.ModifyMcpServer;
import dev.mneme.wire.ToolArguments;
import dev.mneme.wire.ToolResult;
import dev.mneme.wire.ToolView;
import java.util.List;
import java.util.Map;

/** Servers of the Model Context Protocol, by id and by name (contract 11 §2, §3). */
final class McpRoutes {
    private static final String ROOT = "/v1/mcp-servers";
    private static final String ONE = ROOT + "/{mcp_server_id}";
    private static final String OLD = "/v1/tools/mcp/servers";
    private static final String NAMED = OLD + "/{mcp_server_name}";
    private static final Param<String> AGENT = Param.text("agent_id", "the agent on whose behalf");

    private final McpServers servers;
    private final McpTools tools;
    private final McpShapes shapes;
    private final McpConnects connects;

    McpRoutes(McpServers servers, McpTools tools, SignIns signIns) {
        this.servers = servers;
        this.tools = tools;
        this.connects = new McpConnects(signIns);
        this.shapes = new McpShapes(servers);
    }

    /** Something that a server may fail at. */
    private interface Ask {
        Answer of(Call call) throws McpFailure;
    }

    private static Handler asking(Ask ask) {
        return call -> {
            try {
                return ask.of(call);
            } catch (McpFailure e) {
                throw McpServers.problem(e);
            }
        };
    }

    List<Route> routes() {
        List<Route> all = new java.util.ArrayList<>(byId());
        all.addAll(byName());
        all.add(connects.callback());
        return all;
    }

    private List<Route> byId() {
        return List.of(
                Route.post(ROOT, "Registers an MCP server and imports its tools")
                        .body(CreateMcpServer.class)
                        .by(this::create),
                Route.get(ROOT, "MCP servers, oldest first; secrets masked")
                        .by(call -> Answer.ok(servers.list(call.org()).stream()
                                .map(McpShapes::view)
                                .toList())),
                Route.get(ROOT + "/connect/{mcp_server_id}", "Connects, as a stream of events")
                        .reach(Route.Reach.WRITE)
                        .by(call -> {
                            McpServer server = servers.get(call.org(), call.at("mcp_server_id"));
                            return connects.stream(call, server.name(), server.config(), new McpConnects.Listing() {
                                @Override
                                public List<ObjectNode> tools() throws McpFailure {
                                    return servers.offered(call.org(), call.user(), server);
                                }

                                @Override
                                public void signedIn() throws McpFailure {
                                    servers.resync(call.org(), call.user(), server, null);
                                }
                            });
                        }),
                Route.get(ONE, "One MCP server")
                        .by(call -> Answer.ok(McpShapes.view(servers.get(call.org(), call.at("mcp_server_id"))))),
                Route.patch(ONE, "Changes an MCP server")
                        .body(ModifyMcpServer.class)
                        .by(this::modify),
                Route.delete(ONE, "Deletes an MCP server with its tools").by(call -> {
                    servers.delete(call.org(), call.at("mcp_server_id"));
                    return Answer.noContent();
                }),
                Route.patch(ONE + "/refresh", "Makes the stored tools those that the server offers now")
                        .takes(AGENT)
                        .by(call -> resync(call, servers.get(call.org(), call.at("mcp_server_id")))),
                Route.get(ONE + "/tools", "The server's stored tools")
                        .givesList(ToolView.class)
                        .by(call -> Answer.ok(servers.tools(call.org(), call.at("mcp_server_id")).stream()
                                .map(ToolRoutes::view)
                                .toList())),
                Route.get(ONE + "/tools/{tool_id}", "One of them")
                        .gives(ToolView.class)
                        .by(call -> Answer.ok(ToolRoutes.view(
                                servers.tool(call.org(), call.at("mcp_server_id"), call.at("tool_id"))))),
                Route.post(ONE + "/tools/{tool_id}/run", "Calls one of them")
                        .optionalBody(ToolArguments.class)
                        .gives(ToolResult.class)
                        .by(asking(this::run)));
    }

    private List<Route> byName() {
        return List.of(
                Route.get(OLD, "MCP servers by name; secrets masked").by(this::olderList),
                Route.put(OLD, "Registers an MCP server and imports its tools")
                        .body(McpServerConfig.class)
                        .by(this::olderCreate),
                Route.post(OLD + "/test", "Connects to a server that is not stored and lists its tools")
                        .body(McpServerConfig.class)
                        .by(asking(call -> {
                            McpConfig config = shapes.read(call.json(), McpShapes.OLD_KEY, List.of("body"), false);
                            return Answer.ok(Json.object()
                                    .put("status", "success")
                                    .set("tools", Json.tree(servers.probe(call.org(), call.user(), config))));
                        })),
                Route.post(OLD + "/connect", "The same as a stream of events")
                        .body(McpServerConfig.class)
                        .by(call -> {
                            McpConfig config = shapes.read(call.json(), McpShapes.OLD_KEY, List.of("body"), false);
                            return connects.stream(
                                    call,
                                    call.json().path("server_name").asText(),
                                    config,
                                    () -> servers.probe(call.org(), call.user(), config));
                        }),
                Route.patch(NAMED, "Changes an MCP server")
                        .body(McpServerConfig.class)
                        .by(this::olderModify),
                Route.delete(NAMED, "Deletes an MCP server with its tools").by(call -> {
                    servers.delete(call.org(), named(call).id());
                    return olderAll(call);
                }),
                Route.get(NAMED + "/tools", "What the server offers now")
                        .by(asking(call -> Answer.ok(servers.offered(call.org(), call.user(), named(call))))),
                Route.post(NAMED + "/resync", "Makes the stored tools those that the server offers now")
                        .takes(AGENT)
                        .by(call -> resync(call, named(call))),
                Route.post(NAMED + "/tools/{tool_name}/execute", "Calls a tool by the server's own name of it")
                        .optionalBody(ToolArguments.class)
                        .by(asking(this::execute)),
                Route.post(NAMED + "/{mcp_tool_name}", "Registers one tool of the server")
                        .gives(ToolView.class)
                        .by(asking(call -> Answer.ok(ToolRoutes.view(
                                servers.register(call.org(), call.user(), named(call), call.at("mcp_tool_name")))))));
    }

    private Answer create(Call call) {
        CreateMcpServer body = call.body(CreateMcpServer.class);
        McpConfig config = shapes.read(body.config(), McpShapes.NEW_KEY, List.of("body", "config"), false);
        return Answer.ok(McpShapes.view(servers.create(call.org(), call.user(), body.serverName(), config)));
    }

    private Answer modify(Call call) {
        ModifyMcpServer body = call.body(ModifyMcpServer.class);
        McpConfig config = shapes.read(body.config(), McpShapes.NEW_KEY, List.of("body", "config"), true);
        return Answer.ok(McpShapes.view(
                servers.update(call.org(), call.user(), call.at("mcp_server_id"), body.serverName(), config)));
    }

    private McpServer named(Call call) {
        String name = call.at("mcp_server_name");
        return servers.list(call.org()).stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        Problem.notFound("MCP server " + name + " not found").with("mcp_server_name", name));
    }

    private Answer resync(Call call, McpServer server) {
        try {
            ToolSync.Synced synced = servers.resync(call.org(), call.user(), server, call.maybe(AGENT));
            return Answer.ok(McpShapes.synced(synced));
        } catch (McpFailure e) {
            ObjectNode body = Json.object();
            body.putObject("detail")
                    .put("code", "MCPServerUnavailable")
                    .put("message", "Could not connect to MCP server " + server.name() + " to resync tools")
                    .put("error", e.why());
            return new Answer.Json(404, body, Map.of());
        }
    }

    private static ObjectNode arguments(Call call) {
        ObjectNode given =
                call.body(Binder.orEmpty(call.json()), ToolArguments.class).args();
        return given == null ? Json.object() : given;
    }

    private Answer run(Call call) throws McpFailure {
        McpServer server = servers.get(call.org(), call.at("mcp_server_id"));
        ToolRow tool = servers.tool(call.org(), server.id(), call.at("tool_id"));
        ToolOutcome outcome = tools.direct(call.org(), call.user(), server, McpTools.remote(tool), arguments(call));
        return Answer.ok(
                switch (outcome) {
                    case ToolOutcome.Ok ok -> new ToolResult("success", ok.value(), null, null, null, null);
                    case ToolOutcome.Failed failed ->
                        new ToolResult("error", Json.tree(failed.text()), null, null, null, null);
                });
    }

    private Answer execute(Call call) throws McpFailure {
        ToolOutcome outcome = tools.direct(call.org(), call.user(), named(call), call.at("tool_name"), arguments(call));
        return Answer.ok(
                switch (outcome) {
                    case ToolOutcome.Ok ok ->
                        Json.object().put("result", ok.value().asText()).put("success", true);
                    case ToolOutcome.Failed failed ->
                        Json.object().put("result", failed.text()).put("success", false);
                });
    }

    private Answer olderList(Call call) {
        ObjectNode out = Json.object();
        servers.list(call.org()).forEach(server -> out.set(server.name(), McpShapes.older(server)));
        return Answer.ok(out);
    }

    private Answer olderAll(Call call) {
        return Answer.ok(servers.list(call.org()).stream().map(McpShapes::older).toList());
    }

    private Answer olderCreate(Call call) {
        McpConfig config = shapes.read(call.json(), McpShapes.OLD_KEY, List.of("body"), false);
        String name = call.body(McpServerConfig.class).serverName();
        if (name == null) {
            throw new Invalid(Invalid.Fault.missing(List.of("body", "server_name")));
        }
        servers.create(call.org(), call.user(), name, config);
        return olderAll(call);
    }

    private Answer olderModify(Call call) {
        McpServer server = named(call);
        ObjectNode body = call.json() instanceof ObjectNode object ? object.deepCopy() : Json.object();
        body.put(McpShapes.OLD_KEY, server.config().type().word());
        McpConfig change = shapes.read(body, McpShapes.OLD_KEY, List.of("body"), true);
        return Answer.ok(McpShapes.older(servers.update(
                call.org(), call.user(), server.id(), body.path("server_name").textValue(), change)));
    }
}
