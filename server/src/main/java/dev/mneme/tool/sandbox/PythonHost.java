package dev.mneme.tool.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs Python: a warm server for each organisation and set of packages, which forks a process with walls of its own for each call. */
public final class PythonHost implements LanguageHost {
    private static final List<String> PROGRAMS = List.of(
            "start.py",
            "mneme_sandbox/__init__.py",
            "mneme_sandbox/arguments.py",
            "mneme_sandbox/call.py",
            "mneme_sandbox/convert.py",
            "mneme_sandbox/forward.py",
            "mneme_sandbox/frames.py",
            "mneme_sandbox/server.py",
            "mneme_sandbox/shapes.py",
            "mneme_sandbox/state.py",
            "mneme_sandbox/walls.py",
            "mneme_sandbox/worker.py",
            "etc/passwd",
            "etc/group",
            "etc/hosts");

    /** Modules of the base that are loaded ahead of calls; the client's only where calls have one. */
    private static final List<String> BASE_NAMES = List.of("requests", "httpx", "pydantic");
    /** Much used modules of the standard library, loaded ahead. */
    private static final List<String> STANDARD = List.of(
            "asyncio", "dataclasses", "datetime", "json", "random", "re", "subprocess", "typing", "urllib.request");

    /** Where Debian and its kin, Fedora and its kin, and Alpine keep them. */
    private static final List<String> SYSTEM_AUTHORITIES =
            List.of("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem");
    /** A source that mentions none of them does not wait for the base. */
    private static final List<String> BASE_IMPORTS = List.of("requests", "httpx", "pydantic", "letta_client");

    private final SandboxOptions options;
    private final String walls;
    private final PythonPackages packages;
    private final Jail jail;
    private final ToolProxy proxy;
    private final WarmServers servers;
    private final Path programs;
    private final Path sockets;
    private final ReentrantLock searching = new ReentrantLock();
    private final AtomicInteger count = new AtomicInteger();
    private Python.@Nullable Search search;
    /** Servers serve one call here: no walls can be made inside the jail. */
    private volatile boolean single;

    PythonHost(SandboxOptions options, Jail jail, ToolProxy proxy) {
        this(options, jail, proxy, jail.isolation() == Isolation.JAIL ? "nested" : "process");
    }

    /** walls: what the server in the jail builds for each call, see server.py. */
    PythonHost(SandboxOptions options, Jail jail, ToolProxy proxy, String walls) {
        this.walls = walls;
        this.options = options;
        this.proxy = proxy;
        this.packages = new PythonPackages(options.folder().resolve("python"), options.environment());
        this.jail = jail;
        this.servers = new WarmServers(options.servers(), options.idle());
        this.programs = options.folder().resolve("programs");
        this.sockets = options.newSockets();
    }

    /** Looked for when it is first needed: shims of version managers take a while to answer. */
    private Python.Search search() {
        searching.lock();
        try {
            Python.Search known = search;
            if (known == null) {
                known = Python.search(options.python(), options.environment());
                if (known.python() != null) {
                    Programs.unpack(programs, PROGRAMS);
                }
                search = known;
            }
            return known;
        } finally {
            searching.unlock();
        }
    }

    @Override
    public Set<Language> languages() {
        return Set.of(Language.PYTHON);
    }

    @Override
    public @Nullable String refusal() {
        return search().refusal();
    }

    @Override
    public SandboxResult run(SandboxJob job) {
        Python found = search().python();
        if (found == null) {
            return new SandboxResult.Unavailable(String.valueOf(refusal()));
        }
        String clientKey = job.clientKey();
        try (ToolProxy.Pass _ = clientKey == null ? null : proxy.running(clientKey)) {
            Shelf shelf = shelf(found, job);
            String key = sharers(job) + "/" + shelf.base() + "/" + shelf.set();
            ObjectNode json = json(job).put("missing", shelf.missing());
            return Replies.result(servers.call(key, () -> start(found, shelf), json, job.timeout()), job);
        } catch (RequirementFailed e) {
            return raised("RequirementError: The packages that the tool needs are missing: " + e.getMessage());
        } catch (IOException e) {
            boolean cancelled = Thread.currentThread().isInterrupted();
            return raised(cancelled ? "CancelledError: The call was cancelled." : "SandboxError: " + e.getMessage());
        }
    }

    @Override
    public String ground() {
        Python found = search().python();
        return found == null ? "" : "Python " + found.version() + " " + PythonPackages.BASE;
    }

    private static SandboxResult raised(String error) {
        return new SandboxResult.Raised(error, List.of(), List.of());
    }

    /**
     * The packages of a job.
     *
     * @param missing why there is no base, null when there is
     */
    private record Shelf(
            @Nullable Path base,
            @Nullable Path set,
            @Nullable String missing) {}

    /** Waits for the base only when the source seems to need it. */
    private Shelf shelf(Python found, SandboxJob job) throws RequirementFailed {
        Path set = job.requirements().isEmpty() ? null : packages.set(found, job.requirements());
        Path base = packages.base(found);
        String missing = null;
        if (base == null && needsBase(job)) {
            try {
                base = packages.awaitBase(found);
            } catch (RequirementFailed e) {
                missing = "the base packages could not be installed here: " + e.getMessage();
            }
        } else if (base == null) {
            packages.prepareBase(found);
            missing = "the base packages are still being installed";
        }
        return new Shelf(base, set, missing);
    }

    private static boolean needsBase(SandboxJob job) {
        return job.clientKey() != null && job.source().contains("client")
                || job.argsSchema() != null && job.argsSchema().has("$defs")
                || BASE_IMPORTS.stream().anyMatch(job.source()::contains);
    }

    /** Who shares a server: an organisation, where walls around each call hold; else an agent, for which the next one then waits. */
    private String sharers(SandboxJob job) {
        return single ? job.organizationId() + "/" + job.trust() : job.organizationId();
    }

    private WarmServer start(Python found, Shelf shelf) throws IOException {
        Path folder = Files.createDirectory(sockets.resolve(Integer.toString(count.incrementAndGet())));
        Programs.open(folder);
        List<Inmate.View> views = new ArrayList<>();
        found.folders().forEach(path -> views.add(Inmate.View.same(path)));
        views.add(new Inmate.View(programs, "/mneme/programs"));
        for (String name : List.of("passwd", "group", "hosts")) {
            views.add(new Inmate.View(programs.resolve("etc").resolve(name), "/etc/" + name));
        }
        boolean jailed = jail.isolation() == Isolation.JAIL;
        ObjectNode config = Json.object()
                .put("socket", jail.inside(folder, Jail.RUN) + "/" + WarmServer.SOCKET)
                .put("walls", walls)
                .put("uid", Jail.UID)
                .put("home", jailed ? "/tmp" : folder.toString())
                .put("server", "http://" + ToolProxy.OWN_NAME)
                .put("proxy", jail.inside(folder, Jail.RUN) + "/" + ToolProxy.SOCKET);
        Path authorities = authorities();
        if (authorities != null) {
            views.add(new Inmate.View(authorities, "/mneme/authorities.pem"));
        }
        config.put("authorities", authorities == null ? null : jail.inside(authorities, "/mneme/authorities.pem"));
        config.set("limits", options.limits().json());
        config.putArray("hidden").add(Jail.RUN);
        ArrayNode paths = config.putArray("paths");
        ArrayNode late = config.putArray("late");
        ArrayNode preload = config.putArray("preload");
        STANDARD.forEach(preload::add);
        if (shelf.base() != null) {
            views.add(new Inmate.View(shelf.base(), "/mneme/base"));
            paths.add(jail.inside(shelf.base(), "/mneme/base"));
        }
        if (shelf.set() != null) {
            // Somebody's choice: only the processes of calls load it, and it wins over the base.
            views.add(new Inmate.View(shelf.set(), "/mneme/set"));
            late.add(jail.inside(shelf.set(), "/mneme/set"));
        } else if (shelf.base() != null) {
            BASE_NAMES.forEach(preload::add);
        }
        WarmServer server = WarmServer.start(
                jail,
                proxy,
                new Inmate(
                        folder,
                        views,
                        Map.of("MALLOC_ARENA_MAX", "2", "LANG", "C.UTF-8", "HOME", jailed ? "/tmp" : folder.toString()),
                        List.of(
                                found.program().toString(),
                                "-I",
                                "-S",
                                "-B",
                                "-X",
                                "utf8",
                                jail.inside(programs, "/mneme/programs") + "/start.py",
                                Json.write(config)),
                        true));
        single = server.singleUse();
        return server;
    }

    /** The certificates that this machine trusts, those of its owner's proxies among them; null: Python's own. */
    private @Nullable Path authorities() {
        String given = options.environment().get("SSL_CERT_FILE");
        return Stream.concat(Stream.ofNullable(given), SYSTEM_AUTHORITIES.stream())
                .map(Path::of)
                .filter(Files::isReadable)
                .findFirst()
                .map(Path::toAbsolutePath)
                .orElse(null);
    }

    private static ObjectNode json(SandboxJob job) {
        ObjectNode json = Json.object()
                .put("source", job.source())
                .put("function", job.function())
                .put("clientKey", job.clientKey())
                .put("seconds", job.timeout().toMillis() / 1000.0);
        json.set("arguments", job.arguments());
        json.set("parameters", job.parameters());
        json.set("argsSchema", job.argsSchema());
        json.set("agentState", job.agentState());
        ObjectNode environment = json.putObject("environment");
        job.environment().forEach(environment::put);
        return json;
    }

    @Override
    public void close() {
        packages.close();
        servers.close();
        Programs.remove(sockets);
    }
}
