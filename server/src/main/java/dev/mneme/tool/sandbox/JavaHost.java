package dev.mneme.tool.sandbox;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.PythonText;
import dev.mneme.base.Sha256;
import dev.mneme.tool.sandbox.inmate.JavaInmate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Runs Java by the JDK that runs this server: a JVM in a jail for each organisation, trust, source and environment, kept warm; each call has
 * classes of its own (decision 0020). A JVM of its own, in a jail as well, compiles sources and reads their schemas.
 */
public final class JavaHost implements LanguageHost {
    private static final String INMATE = "dev/mneme/tool/sandbox/inmate/";
    private static final List<String> ETC = List.of("etc/passwd", "etc/group", "etc/hosts");
    /** Libraries that the program in the jail needs. */
    private static final List<Class<?>> LIBRARIES = List.of(ObjectMapper.class, JsonFactory.class, JsonProperty.class);

    /** A cold compiler on a busy machine takes seconds. */
    private static final Duration READING = Duration.ofSeconds(30);
    /** Compiled sources that are kept: agents call the same few tools again and again. */
    private static final int MOST_KEPT = 200;
    /** Threads that a JVM itself has. */
    private static final int ENGINE_THREADS = 64;
    /** Heap of the JVM that compiles, in megabytes. */
    private static final int COMPILER_HEAP = 256;
    /** Heap of a tool, in megabytes, at most: each warm one holds what it has used. */
    private static final int TOOL_HEAP = 512;
    /** Within two seconds a machine that was told to end has ended. */
    private static final int MOST_ATTEMPTS = 100;

    private static final long ATTEMPT_NANOS = 20_000_000;

    private final SandboxOptions options;
    private final Jail jail;
    private final ToolProxy proxy;
    private final Path programs;
    private final Cells cells;
    private final WarmServers servers;
    private final WarmServers compilers;
    private final Path java = Path.of(System.getProperty("java.home"));
    private final Map<Source, JsonNode> compiled = new LinkedHashMap<>(16, 0.75f, true);
    private boolean unpacked;

    JavaHost(SandboxOptions options, Jail jail, ToolProxy proxy) {
        this.options = options;
        this.jail = jail;
        this.proxy = proxy;
        this.programs = options.folder().resolve("java-programs");
        this.cells = new Cells(options, jail, proxy, programs);
        this.servers = new WarmServers(options.servers(), options.idle());
        this.compilers = new WarmServers(1, options.idle());
    }

    private record Source(String text, @Nullable String function, boolean argumentsGiven) {}

    @Override
    public Set<Language> languages() {
        return Set.of(Language.JAVA);
    }

    @Override
    public @Nullable String refusal() {
        if (jail.refusal() != null) {
            return jail.refusal();
        }
        return ToolProvider.getSystemJavaCompiler() == null
                ? "Java tools cannot run: this server runs on a Java without the compiler (module jdk.compiler). Start it with a whole JDK."
                : null;
    }

    @Override
    public String ground() {
        return "Java " + Runtime.version();
    }

    @Override
    public SandboxResult run(SandboxJob job) {
        String clientKey = job.clientKey();
        try (ToolProxy.Pass _ = clientKey == null ? null : proxy.running(clientKey)) {
            JsonNode code = read(job.source(), job.function(), true);
            if (code.path("refusal").isTextual()) {
                return new SandboxResult.Raised(
                        "CompileError: " + code.path("refusal").textValue(), List.of(), List.of());
            }
            ObjectNode call = json(job, code);
            String key = job.organizationId() + "/" + job.trust() + "/" + digest(job);
            return worded(Replies.result(called(key, call, job.timeout()), job));
        } catch (IOException e) {
            boolean cancelled = Thread.currentThread().isInterrupted();
            String error = cancelled ? "CancelledError: The call was cancelled." : "ProcessError: " + e.getMessage();
            return new SandboxResult.Raised(error, List.of(), List.of());
        }
    }

    /** A JVM that a call has left unwell refuses the next one while it ends: nothing has run then, and soon a new one is started. */
    private WarmServer.Reply called(String key, ObjectNode call, Duration timeout) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return servers.call(key, () -> start(heap()), call, timeout);
            } catch (ConnectException e) {
                if (attempt == MOST_ATTEMPTS) {
                    throw e;
                }
                LockSupport.parkNanos(ATTEMPT_NANOS);
            }
        }
    }

    private int heap() {
        return (int) Math.min(TOOL_HEAP, options.limits().memory() >> 20);
    }

    private static SandboxResult worded(SandboxResult result) {
        return result instanceof SandboxResult.Returned returned
                ? new SandboxResult.Returned(
                        returned.value(),
                        returned.value().isTextual() ? returned.value().textValue() : PythonText.repr(returned.value()),
                        returned.stdout(),
                        returned.stderr(),
                        returned.agentState())
                : result;
    }

    private static ObjectNode json(SandboxJob job, JsonNode code) {
        ObjectNode json = Json.object()
                .put("kind", "call")
                .put("function", job.function())
                .put("clientKey", job.clientKey())
                .put("seconds", job.timeout().toMillis() / 1000.0);
        json.set("main", code.path("main"));
        json.set("classes", code.path("classes"));
        json.set("arguments", job.arguments());
        ObjectNode environment = json.putObject("environment");
        job.environment().forEach(environment::put);
        return json;
    }

    /** Calls that may share a JVM: the same source in the same environment. */
    private static String digest(SandboxJob job) {
        StringBuilder all = new StringBuilder(job.source());
        new java.util.TreeMap<>(job.environment()).forEach((name, value) -> all.append(name + "\0" + value + "\0"));
        return Sha256.hex(all.toString());
    }

    /**
     * Compiles a source, running nothing of it: {@code {main, classes, schema}} or {@code {refusal}} with the lines of the errors.
     *
     * @param function the method, null: the source decides
     */
    public JsonNode read(String source, @Nullable String function, boolean argumentsGiven) throws IOException {
        Source key = new Source(source, function, argumentsGiven);
        synchronized (compiled) {
            JsonNode known = compiled.get(key);
            if (known != null) {
                return known;
            }
        }
        ObjectNode question = Json.object()
                .put("kind", "read")
                .put("source", source)
                .put("function", function)
                .put("argumentsGiven", argumentsGiven);
        WarmServer.Reply reply = compilers.call("compiler", () -> start(COMPILER_HEAP), question, READING);
        JsonNode fresh = Json.MAPPER.readTree(reply.result());
        if (!fresh.isObject()) {
            return Json.object().put("refusal", "the compiler gave up on the source");
        }
        synchronized (compiled) {
            if (compiled.size() >= MOST_KEPT) {
                compiled.remove(compiled.keySet().iterator().next());
            }
            compiled.put(key, fresh);
        }
        return fresh;
    }

    private synchronized void unpack() {
        if (unpacked) {
            return;
        }
        Programs.unpack(programs, ETC);
        try {
            for (String name : JavaInmate.classes()) {
                String resource = INMATE + name + ".class";
                try (InputStream in = JavaHost.class.getClassLoader().getResourceAsStream(resource)) {
                    if (in == null) {
                        throw new IllegalStateException("the resource " + resource + " is missing");
                    }
                    copy(in, programs.resolve(resource));
                }
                unpackUnnamed(name);
            }
            for (Class<?> library : LIBRARIES) {
                Path jar = Path.of(library.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
                try (InputStream in = Files.newInputStream(jar)) {
                    copy(in, programs.resolve(jar.getFileName().toString().replaceAll("-[0-9.]+\\.jar$", ".jar")));
                }
            }
            Programs.open(programs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        unpacked = true;
    }

    /** Classes without a name of their own, which compilers make as they like (for a switch over an enum): {@code Name$1} and on. */
    private void unpackUnnamed(String name) throws IOException {
        for (int i = 1; ; i++) {
            String resource = INMATE + name + "$" + i + ".class";
            try (InputStream in = JavaHost.class.getClassLoader().getResourceAsStream(resource)) {
                if (in == null) {
                    return;
                }
                copy(in, programs.resolve(resource));
            }
        }
    }

    private static void copy(InputStream in, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private WarmServer start(int heap) throws IOException {
        unpack();
        return cells.start(
                views(),
                Map.of("MALLOC_ARENA_MAX", "2"),
                place -> {
                    String folder = place.programs();
                    List<String> command =
                            new ArrayList<>(List.of(java.resolve("bin/java").toString(), "-Xmx" + heap + "m"));
                    command.addAll(
                            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xshare:auto"));
                    command.addAll(List.of("-XX:MaxMetaspaceSize=160m", "-XX:ReservedCodeCacheSize=48m", "-Xss1m"));
                    command.addAll(List.of(
                            "--add-opens", "java.base/java.util=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED"));
                    command.addAll(List.of(
                            "-Djava.io.tmpdir=" + place.config().path("home").asText(), "-cp"));
                    command.add(String.join(
                            ":",
                            folder,
                            folder + "/jackson-databind.jar",
                            folder + "/jackson-core.jar",
                            folder + "/jackson-annotations.jar"));
                    command.addAll(List.of("dev.mneme.tool.sandbox.inmate.JavaInmate", Json.write(place.config())));
                    return command;
                },
                ENGINE_THREADS);
    }

    private List<Inmate.View> views() {
        return java.startsWith("/usr") ? List.of() : List.of(Inmate.View.same(java));
    }

    @Override
    public void close() {
        servers.close();
        compilers.close();
        cells.close();
    }
}
