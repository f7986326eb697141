package dev.mneme;

import dev.mneme.account.AccessTokens;
import dev.mneme.account.ApiKeys;
import dev.mneme.account.Backups;
import dev.mneme.account.CallbackKey;
import dev.mneme.account.Environments;
import dev.mneme.account.People;
import dev.mneme.account.Person;
import dev.mneme.account.ProviderKeys;
import dev.mneme.account.SandboxConfigs;
import dev.mneme.account.Secrets;
import dev.mneme.account.ServerPassword;
import dev.mneme.agent.Agents;
import dev.mneme.agent.Deployments;
import dev.mneme.agent.Groups;
import dev.mneme.agent.OfferedTools;
import dev.mneme.agent.Templates;
import dev.mneme.agent.ToolCallers;
import dev.mneme.base.Clock;
import dev.mneme.base.OutboundFetch;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.OutboundPost;
import dev.mneme.base.Problem;
import dev.mneme.base.Scope;
import dev.mneme.base.Scratch;
import dev.mneme.cli.RunningServer;
import dev.mneme.config.DataFolder;
import dev.mneme.config.ListenAddress;
import dev.mneme.config.Options;
import dev.mneme.config.Presence;
import dev.mneme.config.Secret;
import dev.mneme.config.SecurityOptions;
import dev.mneme.config.ServerTools;
import dev.mneme.config.StartRefused;
import dev.mneme.file.FilePassages;
import dev.mneme.file.Library;
import dev.mneme.http.Actor;
import dev.mneme.http.Door;
import dev.mneme.http.Hosted;
import dev.mneme.http.HttpServer;
import dev.mneme.http.InProcess;
import dev.mneme.http.Reception;
import dev.mneme.http.Rooms;
import dev.mneme.http.SseFormat;
import dev.mneme.http.Tenancy;
import dev.mneme.http.Workshop;
import dev.mneme.llm.LiveModels;
import dev.mneme.llm.LlmOptions;
import dev.mneme.llm.Models;
import dev.mneme.memory.Archival;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.MemoryTools;
import dev.mneme.memory.MessageEmbedder;
import dev.mneme.memory.MessageVectors;
import dev.mneme.memory.Recall;
import dev.mneme.memory.SystemPrompts;
import dev.mneme.memory.ToolSearch;
import dev.mneme.run.Batches;
import dev.mneme.run.CallbackOptions;
import dev.mneme.run.Callbacks;
import dev.mneme.run.Desk;
import dev.mneme.run.DeskOptions;
import dev.mneme.run.GroupTalk;
import dev.mneme.run.Mailroom;
import dev.mneme.run.Runs;
import dev.mneme.run.Schedules;
import dev.mneme.search.LuceneIndex;
import dev.mneme.search.SearchOptions;
import dev.mneme.store.Db;
import dev.mneme.store.StoreOptions;
import dev.mneme.tool.BaseTool;
import dev.mneme.tool.BaseTools;
import dev.mneme.tool.ClientKeys;
import dev.mneme.tool.CustomTools;
import dev.mneme.tool.MultiAgentTools;
import dev.mneme.tool.Registrar;
import dev.mneme.tool.Tool;
import dev.mneme.tool.Toolbox;
import dev.mneme.tool.Tools;
import dev.mneme.tool.code.CodeTools;
import dev.mneme.tool.mcp.Connections;
import dev.mneme.tool.mcp.McpOptions;
import dev.mneme.tool.mcp.McpServers;
import dev.mneme.tool.mcp.McpTools;
import dev.mneme.tool.mcp.Sealing;
import dev.mneme.tool.mcp.SignIns;
import dev.mneme.tool.sandbox.CallLimits;
import dev.mneme.tool.sandbox.Isolation;
import dev.mneme.tool.sandbox.Language;
import dev.mneme.tool.sandbox.LocalSandbox;
import dev.mneme.tool.sandbox.Python;
import dev.mneme.tool.sandbox.SandboxOptions;
import dev.mneme.tool.schema.JavaSchemas;
import dev.mneme.tool.schema.PythonSchemas;
import dev.mneme.tool.schema.Schemas;
import dev.mneme.tool.schema.TypeScriptSchemas;
import dev.mneme.tool.web.WebTools;
import dev.mneme.turn.DirectCalls;
import dev.mneme.turn.TurnLoop;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The composition root: builds everything in order and closes it in reverse. One running server; several may live in one JVM.
 *
 * <p>A program that has a server of its own begins with {@link #embedded} (decision 0038).
 */
public final class Mneme implements RunningServer {
    /** Turns at work beside which messages may get vectors: two for each processor. With more, each token would wait for that. */
    private static final int CALM = 2 * Runtime.getRuntime().availableProcessors();

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<String> notices = new ArrayList<>();
    private @Nullable InProcess inside;
    private volatile String url = InProcess.URL;
    private volatile int port;

    private Mneme() {}

    /** Starts a server; it answers requests when this returns. Throws {@link StartRefused} with one line that says what to do. */
    public static Mneme start(Options options) {
        Mneme mneme = new Mneme();
        try {
            mneme.build(options);
            return mneme;
        } catch (Problem e) {
            mneme.close();
            throw new StartRefused(e.detail(), e);
        } catch (RuntimeException e) {
            mneme.close();
            throw e;
        }
    }

    /** A server for the program that asks, over a data folder, which need not exist yet. Nothing is opened yet. */
    public static Embedded embedded(Path folder) {
        return new Embedded(folder, System.getenv(), null);
    }

    private <T extends AutoCloseable> T keep(T part) {
        open.push(part);
        return part;
    }

    private void build(Options options) {
        Presence presence = options.server().presence();
        keep(new HeapBound());
        DataFolder folder = keep(DataFolder.open(options.storage().folder()));
        Scratch scratch = folder.scratch();
        Clock clock = Clock.system();
        SecureRandom random = new SecureRandom();
        Secret postgres = options.storage().postgres();
        Db db = keep(Db.open(
                new StoreOptions(
                        folder.path(),
                        postgres == null ? null : postgres.reveal(),
                        options.storage().poolSize()),
                clock));
        Scope scope = keep(new Scope("mneme"));
        LuceneIndex index = keep(LuceneIndex.open(db, folder.path().resolve("index"), SearchOptions.usual(), scope));
        LlmOptions llm = LlmOptions.fromEnvironment(options.environment())
                .withDefaults(options.server().defaultLlm(), options.server().defaultEmbedding());
        Secret key = options.security().encryptionKey();
        Secrets secrets = Secrets.open(folder.path(), key == null ? null : key.reveal(), random);
        ProviderKeys providers = new ProviderKeys(db, secrets);
        Models models = keep(new LiveModels(llm, Tenancy.keyring(providers)));
        People people = new People(db);
        ApiKeys keys = new ApiKeys(db, clock, random);

        Blocks blocks = new Blocks(db);
        MessageEmbedder embedder = new MessageEmbedder(models, MessageEmbedder.LOCAL);
        Recall recall = new Recall(db, index, embedder);
        FilePassages filePassages = new FilePassages(db, index, models);
        Archival archival = new Archival(db, index, models, options.memory().archivalTokens(), filePassages);
        Mailroom mail = new Mailroom(db);
        Tools tools = new Tools(db);
        Library library = library(db, models, index, tools, filePassages, folder, scope);
        Agents agents = new Agents(db, models, secrets, tools, blocks, recall, new SystemPrompts());
        OutboundGuard guard = new OutboundGuard(llm.allowedPrivateHosts());
        List<Tool> executable = new ArrayList<>(new MemoryTools(db, blocks, recall, archival).all());
        executable.addAll(new MultiAgentTools(mail).all());
        executable.addAll(library.tools());
        executable.addAll(new WebTools(agents::environment, options.environment(), new OutboundFetch(guard)).all());
        LocalSandbox sandbox = keep(sandbox(options, folder, guard));
        Duration patience = Duration.ofSeconds(options.code().seconds());
        ClientKeys clientKeys = context -> {
            String secret =
                    keys.issue(context.organizationId(), context.userId(), context.agentId(), patience.plusMinutes(1));
            return new ClientKeys.Key(secret, () -> keys.withdraw(secret));
        };
        executable.addAll(new CodeTools(sandbox, new OfferedTools(db, agents), clientKeys, patience).all());
        List<BaseTool> baseTools = BaseTools.catalogue(executable);
        Schemas schemas = new Schemas(List.of(
                keep(new PythonSchemas(() -> Python.search(options.code().python(), options.environment()))),
                new TypeScriptSchemas(Language.TYPESCRIPT, sandbox.node()),
                new TypeScriptSchemas(Language.JAVASCRIPT, sandbox.node()),
                new JavaSchemas(sandbox.java())));
        people.organizations().forEach(org -> tools.upsertBase(org, null, baseTools));
        Groups groups = new Groups(db, blocks, recall);
        SandboxConfigs sandboxes = new SandboxConfigs(db, secrets);
        CustomTools custom =
                new CustomTools(sandbox, new ToolCallers(db, secrets, sandboxes, blocks), clientKeys, patience);
        Sealing sealing = new Sealing(secrets::seal, secrets::open);
        McpOptions patient = mcp(options.code().mcp());
        SignIns signIns = new SignIns(db, sealing, guard, patient, () -> forBrowsers(options));
        McpServers servers = new McpServers(
                db, tools, sealing, keep(new Connections(guard, patient, signIns)), signIns, guard, scope);
        McpTools remote = new McpTools(servers, agents::environment);
        Toolbox toolbox = new Toolbox(executable, List.of(custom, remote));
        TurnLoop loop = new TurnLoop(
                db,
                clock,
                models,
                toolbox,
                agents,
                recall,
                scope,
                options.memory().keptPrompts());
        Secret callbackKey = options.security().callbackKey();
        Callbacks callbacks = new Callbacks(
                db,
                clock,
                new OutboundPost(guard),
                CallbackOptions.usual(
                        CallbackKey.open(folder.path(), callbackKey == null ? null : callbackKey.reveal(), random)));
        Desk desk = new Desk(
                db,
                clock,
                loop,
                groups,
                callbacks,
                new SseFormat(),
                DeskOptions.DEFAULTS.withApprovalExpiry(
                        Duration.ofSeconds(options.stream().approvalSeconds())),
                folder.serverId());
        mail.serve(desk, agents);
        GroupTalk talks = new GroupTalk(db, groups, desk, folder.serverId());

        Batches batches = new Batches(db, desk, callbacks);
        Schedules schedules = new Schedules(db, desk);
        Backups backups = new Backups(
                db,
                secrets,
                new Backups.Place(folder.path(), folder.path().resolve("files"), folder.serverId()),
                random,
                () -> {
                    people.organizations().forEach(org -> tools.upsertBase(org, null, baseTools));
                    index.rebuild();
                });
        Door door = door(options.security(), presence, db, random).withKeys(keys::check);
        Reception reception = Reception.of(
                new Rooms(
                        version(),
                        clock,
                        Duration.ofSeconds(options.stream().pingSeconds()),
                        models,
                        tools,
                        new Workshop(
                                new Registrar(db, tools, schemas),
                                custom,
                                new DirectCalls(db, agents, tools, toolbox, custom),
                                sandboxes,
                                new ToolSearch(tools, embedder),
                                servers,
                                remote,
                                signIns),
                        baseTools,
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
                                new AccessTokens(db, random),
                                new Environments(db)),
                        new Tenancy(keys, people, providers),
                        backups,
                        scratch,
                        guard),
                door,
                userId -> {
                    Person person = people.resolve(userId);
                    return new Actor(person.organizationId(), person.id());
                },
                0);
        HttpServer http = new HttpServer(reception);
        keep(http::stop);
        inside = new InProcess(reception);
        keep(inside::stop);
        // Closed before the door: readers see the end of their runs while new requests are refused.
        keep(desk);
        keep(talks);
        keep(batches);
        keep(schedules);
        if (presence != Presence.ASLEEP) {
            library.start(scope);
            desk.start();
            new MessageVectors(db, index, embedder, () -> desk.running() > CALM).follow(scope);
            talks.start();
            batches.start();
            schedules.start();
        }
        if (presence == Presence.LISTENING) {
            port = listen(http, options);
            url = "http://" + shown(options.server().host()) + ":" + port;
        }
        models.providers().forEach(provider -> {
            if (provider.note() != null) {
                notices.add(provider.name() + ": " + provider.note());
            }
        });
    }

    /** How servers whose tools agents call are spoken to. */
    private static McpOptions mcp(ServerTools options) {
        return new McpOptions(
                version(),
                options.stdio(),
                Duration.ofSeconds(options.connectSeconds()),
                Duration.ofSeconds(options.listSeconds()),
                Duration.ofSeconds(options.callSeconds()));
    }

    /** Where browsers reach this server when they come back from signing in (decision 0030). */
    private Optional<String> forBrowsers(Options options) {
        String endpoint = options.code().mcp().endpoint();
        boolean here = List.of("127.0.0.1", "::1", "localhost")
                .contains(options.server().host());
        // A server inside a program has no port that a browser could come to.
        return Optional.ofNullable(endpoint == null && here && port != 0 ? url : endpoint);
    }

    /** Where code of tools runs. */
    private LocalSandbox sandbox(Options options, DataFolder folder, OutboundGuard guard) {
        LocalSandbox sandbox = LocalSandbox.open(SandboxOptions.usual(
                Isolation.valueOf(options.code().isolation().toUpperCase(Locale.ROOT)),
                options.code().network(),
                options.security().authOff(),
                guard,
                () -> port,
                folder.path().resolve("sandbox"),
                options.code().python(),
                options.environment(),
                CallLimits.USUAL.withMemory(options.code().memoryBytes())));
        String notice = sandbox.notice();
        if (notice != null) {
            notices.add(notice);
        }
        return sandbox;
    }

    private static Library library(
            Db db,
            Models models,
            LuceneIndex index,
            Tools tools,
            FilePassages passages,
            DataFolder folder,
            Scope scope) {
        return new Library(
                db, models, index, tools, passages, folder.path().resolve("files"), folder.serverId(), scope);
    }

    private Door door(SecurityOptions security, Presence presence, Db db, SecureRandom random) {
        if (security.authOff() && presence == Presence.LISTENING) {
            notices.add("LETTA_SERVER_AUTH=none: anybody who reaches this port can read and change everything.");
        }
        Secret given = security.password();
        if (presence == Presence.ASLEEP || (presence == Presence.INSIDE && !security.secure())) {
            // Nobody needs one, and one made now would be shown to nobody.
            return new Door(false, security.authOff(), Set.of(), Set.of(), text -> false, text -> null);
        }
        ServerPassword password = ServerPassword.open(db, given == null ? null : given.reveal(), random);
        if (password.fresh() != null && !security.authOff()) {
            notices.add("password for requests from other machines (shown only this once): " + password.fresh());
        }
        return new Door(
                security.secure(),
                security.authOff(),
                Set.of(),
                Set.copyOf(security.moreOrigins()),
                password::matches,
                text -> null);
    }

    private static int listen(HttpServer http, Options options) {
        try {
            return http.start(options.server().host(), options.server().port());
        } catch (RuntimeException e) {
            throw ListenAddress.refused(options.server(), e);
        }
    }

    private static String shown(String host) {
        return switch (host) {
            case "0.0.0.0", "::" -> "127.0.0.1";
            default -> host.contains(":") ? "[" + host + "]" : host;
        };
    }

    /** The version in the jar's manifest; 0 when run from classes. */
    static String version() {
        String version = Mneme.class.getPackage().getImplementationVersion();
        return version == null ? "0" : version;
    }

    /** Where it answers; without a port a name that only {@link #client} reaches. */
    @Override
    public String url() {
        return url;
    }

    /**
     * A client that reaches this server without a network, whether or not it listens on a port, for any library that takes one. Requests
     * go to {@link #url} and count as coming from this machine. Closing it leaves the server as it is.
     */
    @Override
    public HttpClient client() {
        return Objects.requireNonNull(inside).client();
    }

    @Override
    public List<String> notices() {
        return List.copyOf(notices);
    }

    @Override
    public synchronized void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                // The rest must be closed all the same.
                LoggerFactory.getLogger(Mneme.class).warn("closing failed", e);
            }
        }
    }
}
