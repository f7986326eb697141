package dev.mneme.http;

import dev.mneme.account.AccessTokens;
import dev.mneme.account.ApiKeys;
import dev.mneme.account.Backups;
import dev.mneme.account.Environments;
import dev.mneme.account.People;
import dev.mneme.account.Person;
import dev.mneme.account.ProviderKeys;
import dev.mneme.account.SandboxConfigs;
import dev.mneme.account.Secrets;
import dev.mneme.agent.Agents;
import dev.mneme.agent.Deployments;
import dev.mneme.agent.Groups;
import dev.mneme.agent.Templates;
import dev.mneme.agent.ToolCallers;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Scope;
import dev.mneme.base.Scratch;
import dev.mneme.file.FilePassages;
import dev.mneme.file.Library;
import dev.mneme.llm.Models;
import dev.mneme.memory.Archival;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.MemoryTools;
import dev.mneme.memory.MessageEmbedder;
import dev.mneme.memory.Recall;
import dev.mneme.memory.SystemPrompts;
import dev.mneme.memory.ToolSearch;
import dev.mneme.run.Batches;
import dev.mneme.run.Callbacks;
import dev.mneme.run.Desk;
import dev.mneme.run.DeskOptions;
import dev.mneme.run.GroupTalk;
import dev.mneme.run.Mailroom;
import dev.mneme.run.Runs;
import dev.mneme.run.Schedules;
import dev.mneme.store.Db;
import dev.mneme.testkit.Code;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.ScanIndex;
import dev.mneme.testkit.StaticModels;
import dev.mneme.testkit.TestDb;
import dev.mneme.tool.BaseTool;
import dev.mneme.tool.BaseTools;
import dev.mneme.tool.ClientKeys;
import dev.mneme.tool.CustomTools;
import dev.mneme.tool.MultiAgentTools;
import dev.mneme.tool.Registrar;
import dev.mneme.tool.Tool;
import dev.mneme.tool.Toolbox;
import dev.mneme.tool.Tools;
import dev.mneme.tool.mcp.Connections;
import dev.mneme.tool.mcp.McpOptions;
import dev.mneme.tool.mcp.McpServers;
import dev.mneme.tool.mcp.McpTools;
import dev.mneme.tool.mcp.Sealing;
import dev.mneme.tool.mcp.SignIns;
import dev.mneme.tool.sandbox.Isolation;
import dev.mneme.tool.sandbox.LocalSandbox;
import dev.mneme.tool.sandbox.Python;
import dev.mneme.tool.schema.PythonSchemas;
import dev.mneme.tool.schema.Schemas;
import dev.mneme.turn.DirectCalls;
import dev.mneme.turn.TurnLoop;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A whole server over a fresh database, for tests of routes: on a random port, or without one while {@link #WITHOUT_PORT} is set. */
final class House implements AutoCloseable {
    /** A system property: {@code true} has tests of routes come in by the door for programs in the same process. */
    static final String WITHOUT_PORT = "house.without-port";

    /** Of so many steps of each agent what the model was sent is kept. */
    static final int KEPT_PROMPTS = 2;

    final Db db;
    final Rooms rooms;
    final Recall recall;
    final Web web;

    private final Scope scope = new Scope("test");
    private final PythonSchemas schemas = new PythonSchemas(() -> Python.search(null, System.getenv()));
    private final Desk desk;
    private final GroupTalk talks;
    private final Batches batches;
    private final Schedules schedules;
    private final HttpServer server;
    private final InProcess inside;
    private final LocalSandbox sandbox;
    final ApiKeys keys;
    /** At which browsers reach this server when they come back from signing in at an MCP server; null: nowhere. */
    volatile @Nullable String address;

    House(Path folder) {
        this(folder, new StaticModels("openai/gpt-4o"), DeskOptions.DEFAULTS, Duration.ofSeconds(20));
    }

    House(Path folder, Models models, DeskOptions options, Duration quiet) {
        this(folder, TestDb.open(folder), models, options, quiet, "test");
    }

    /** Over a database that is open already and is closed with the house. key: seals secrets. */
    House(Path folder, Db open, Models models, DeskOptions options, Duration quiet, String key) {
        db = open;
        ScanIndex index = new ScanIndex(db);
        Blocks blocks = new Blocks(db);
        recall = new Recall(db, index, models);
        FilePassages filePassages = new FilePassages(db, index, models);
        Archival archival = new Archival(db, index, models, Archival.TOKEN_LIMIT, filePassages);
        Tools tools = new Tools(db);
        Library library = new Library(db, models, index, tools, filePassages, folder.resolve("files"), "house", scope);
        library.start(scope);
        Mailroom mail = new Mailroom(db);
        List<Tool> executable = new ArrayList<>(new MemoryTools(db, blocks, recall, archival).all());
        executable.addAll(new MultiAgentTools(mail).all());
        executable.addAll(library.tools());
        List<BaseTool> catalogue = BaseTools.catalogue(executable);
        tools.upsertBase(Db.DEFAULT_ORGANIZATION, Db.DEFAULT_USER, catalogue);
        Secrets secrets = new Secrets(key, new SecureRandom());
        Agents agents = new Agents(db, models, secrets, tools, blocks, recall, new SystemPrompts());
        SandboxConfigs sandboxes = new SandboxConfigs(db, secrets);
        // The weaker isolation, which works on every machine: what the walls hold is tested beside them.
        sandbox = LocalSandbox.open(Code.options(Isolation.PROCESS, folder.resolve("sandbox")));
        CustomTools custom = new CustomTools(
                sandbox,
                new ToolCallers(db, secrets, sandboxes, blocks),
                call -> new ClientKeys.Key("call", () -> {}),
                Duration.ofSeconds(20));
        OutboundGuard guard = new OutboundGuard(List.of("localhost"));
        McpOptions patience =
                new McpOptions("test", true, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(2));
        Sealing sealing = new Sealing(secrets::seal, secrets::open);
        SignIns signIns = new SignIns(db, sealing, guard, patience, () -> Optional.ofNullable(address));
        McpServers servers =
                new McpServers(db, tools, sealing, new Connections(guard, patience, signIns), signIns, guard, scope);
        McpTools remote = new McpTools(servers, agents::environment);
        Toolbox toolbox = new Toolbox(executable, List.of(custom, remote));
        TurnLoop loop = new TurnLoop(db, db.clock(), models, toolbox, agents, recall, scope, KEPT_PROMPTS);
        Groups groups = new Groups(db, blocks, recall);
        Callbacks callbacks = Deskware.callbacks(db);
        desk = new Desk(db, db.clock(), loop, groups, callbacks, new SseFormat(), options, "house");
        mail.serve(desk, agents);
        talks = new GroupTalk(db, groups, desk, "house");
        desk.start();
        talks.start();
        batches = new Batches(db, desk, callbacks);
        batches.start();
        schedules = new Schedules(db, desk);
        schedules.start();
        People people = new People(db);
        keys = new ApiKeys(db, db.clock(), new SecureRandom());
        Backups backups = new Backups(
                db,
                secrets,
                new Backups.Place(folder, folder.resolve("files"), "house"),
                new SecureRandom(),
                () -> people.organizations().forEach(org -> tools.upsertBase(org, Db.DEFAULT_USER, catalogue)));
        rooms = new Rooms(
                "test",
                db.clock(),
                quiet,
                models,
                tools,
                new Workshop(
                        new Registrar(db, tools, new Schemas(List.of(schemas))),
                        custom,
                        new DirectCalls(db, agents, tools, toolbox, custom),
                        sandboxes,
                        new ToolSearch(tools, new MessageEmbedder(models, null)),
                        servers,
                        remote,
                        signIns),
                catalogue,
                blocks,
                recall,
                archival,
                library,
                agents,
                groups,
                talks,
                new Runs(db),
                desk,
                batches,
                new Hosted(
                        schedules,
                        new Templates(db, agents, blocks, tools),
                        new Deployments(db, agents, blocks, groups),
                        new AccessTokens(db, new SecureRandom()),
                        new Environments(db)),
                new Tenancy(keys, people, new ProviderKeys(db, secrets)),
                backups,
                Scratch.open(folder.resolve("tmp")),
                // The pictures of the tests live on this machine.
                new OutboundGuard(List.of("localhost")));
        Door door = Door.of(false, false, List.of(), "right"::equals).withKeys(keys::check);
        Reception reception = Reception.of(rooms, door, id -> actor(people.resolve(id)), 0);
        server = new HttpServer(reception);
        inside = new InProcess(reception);
        web = Boolean.getBoolean(WITHOUT_PORT) ? new Web(inside) : new Web(server.start("127.0.0.1", 0));
    }

    private static Actor actor(Person person) {
        return new Actor(person.organizationId(), person.id());
    }

    /** Makes an agent; body as for POST /v1/agents, single quotes allowed. */
    String agent(String body) {
        Web.Reply made = web.post("/v1/agents/", body);
        if (made.status() != 200) {
            throw new AssertionError(made.text());
        }
        return made.json().path("id").asText();
    }

    @Override
    public void close() {
        web.close();
        server.stop();
        inside.stop();
        talks.close();
        schedules.close();
        batches.close();
        desk.close();
        scope.close();
        schemas.close();
        sandbox.close();
        db.close();
    }
}
