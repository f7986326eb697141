package dev.mneme.tool.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.PythonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs TypeScript and JavaScript by the machine's Node.js: each call in a process and a jail that were started before and end with it
 * (decision 0020). Types are stripped by the TypeScript parser in a process of its own, which also reads schemas from sources.
 */
public final class NodeHost implements LanguageHost {
    /** Of the webjar (pom.xml: typescript.version). */
    private static final String TYPESCRIPT = "/META-INF/resources/webjars/typescript/5.9.3/lib/typescript.js";

    private static final List<String> PROGRAMS = List.of(
            "node/keeper.mjs",
            "node/tool.mjs",
            "node/network.mjs",
            "node/schema.mjs",
            "node/typescript.mjs",
            "etc/passwd",
            "etc/group",
            "etc/hosts");

    /** Reading a source takes milliseconds; one that takes longer than this is meant to. */
    private static final Duration READING = Duration.ofSeconds(10);
    /** Translated sources that are kept: agents call the same few tools again and again. */
    private static final int MOST_KEPT = 500;
    /** Threads that the engine itself has. */
    private static final int ENGINE_THREADS = 24;

    /** The official client, there for sources that name it. */
    private static final Requirement CLIENT = new Requirement("@letta-ai/letta-client", "1.12.1");

    private static final Pattern NAMES_CLIENT = Pattern.compile("\\bclient\\b");

    private final SandboxOptions options;
    private final ToolProxy proxy;
    private final Jail jail;
    private final Path programs;
    private final NodePackages packages;
    private final Cells cells;
    private final Spares spares;
    private final WarmServers readers;
    private final Map<Source, JsonNode> translated = new LinkedHashMap<>(16, 0.75f, true);
    private NodeJs.@Nullable Search search;

    NodeHost(SandboxOptions options, Jail jail, ToolProxy proxy) {
        this.options = options;
        this.jail = jail;
        this.proxy = proxy;
        this.programs = options.folder().resolve("node-programs");
        this.packages = new NodePackages(options.folder().resolve("npm"), options.environment());
        this.cells = new Cells(options, jail, proxy, programs);
        this.spares = new Spares(options.idle());
        this.readers = new WarmServers(1, options.idle());
    }

    /** function null: the whole program. */
    private record Source(String text, @Nullable String function) {}

    @Override
    public Set<Language> languages() {
        return Set.of(Language.TYPESCRIPT, Language.JAVASCRIPT);
    }

    /** Looked for when it is first needed. */
    private synchronized NodeJs.Search search() {
        NodeJs.Search known = search;
        if (known == null) {
            known = NodeJs.search(options.environment());
            if (known.node() != null) {
                Programs.unpack(programs, PROGRAMS);
                unpackParser();
            }
            search = known;
        }
        return known;
    }

    private void unpackParser() {
        Path file = programs.resolve("node/typescript.cjs");
        try (InputStream in = NodeHost.class.getResourceAsStream(TYPESCRIPT)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + TYPESCRIPT + " is missing");
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            file.toFile().setReadable(true, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public @Nullable String refusal() {
        return jail.refusal() != null ? jail.refusal() : search().refusal();
    }

    @Override
    public String ground() {
        NodeJs found = search().node();
        return found == null ? "" : "Node.js " + found.version() + " " + CLIENT;
    }

    @Override
    public SandboxResult run(SandboxJob job) {
        NodeJs node = search().node();
        if (node == null) {
            return new SandboxResult.Unavailable(String.valueOf(refusal()));
        }
        String clientKey = job.clientKey();
        try (ToolProxy.Pass _ = clientKey == null ? null : proxy.running(clientKey)) {
            JsonNode code = translated(job.source(), job.function());
            if (code.path("refusal").isTextual()) {
                return new SandboxResult.Raised(code.path("refusal").textValue(), List.of(), List.of());
            }
            Path modules = modules(job, node);
            WarmServer server = spares.take(modules == null ? "plain" : modules.toString(), () -> start(node, modules));
            try {
                return worded(Replies.result(server.call(json(job, code), job.timeout()), job));
            } finally {
                spares.end(server);
            }
        } catch (RequirementFailed e) {
            return new SandboxResult.Raised("RequirementError: " + e.getMessage(), List.of(), List.of());
        } catch (IOException e) {
            boolean cancelled = Thread.currentThread().isInterrupted();
            String error = cancelled ? "CancelledError: The call was cancelled." : "ProcessError: " + e.getMessage();
            return new SandboxResult.Raised(error, List.of(), List.of());
        }
    }

    /** Values other than texts are printed as those of Python tools are, so that models and clients see one spelling. */
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

    private @Nullable Path modules(SandboxJob job, NodeJs node) throws RequirementFailed {
        List<Requirement> wanted = new ArrayList<>(job.requirements());
        boolean given = wanted.stream().anyMatch(each -> each.name().equals(CLIENT.name()));
        if (job.clientKey() != null
                && !given
                && NAMES_CLIENT.matcher(job.source()).find()) {
            wanted.add(CLIENT);
        }
        return wanted.isEmpty() ? null : packages.installed(wanted, node);
    }

    private WarmServer start(NodeJs node, @Nullable Path modules) throws IOException {
        return start(node, "tool.mjs", true, modules);
    }

    private WarmServer start(NodeJs node, String worker, boolean once, @Nullable Path modules) throws IOException {
        List<Inmate.View> views = new ArrayList<>();
        if (!node.program().startsWith("/usr")) {
            views.add(Inmate.View.same(node.program()));
        }
        if (modules != null) {
            views.add(new Inmate.View(modules, "/mneme/packages"));
        }
        return cells.start(
                views,
                Map.of("NODE_NO_WARNINGS", "1", "UV_THREADPOOL_SIZE", "2"),
                place -> {
                    ObjectNode config = place.config()
                            .put("worker", worker)
                            .put("once", once)
                            .put("packages", modules == null ? null : jail.inside(modules, "/mneme/packages"));
                    return List.of(
                            node.program().toString(), place.programs() + "/node/keeper.mjs", Json.write(config));
                },
                ENGINE_THREADS);
    }

    private static ObjectNode json(SandboxJob job, JsonNode code) {
        ObjectNode json = Json.object()
                .put("function", job.function())
                .put("clientKey", job.clientKey())
                .put("seconds", job.timeout().toMillis() / 1000.0);
        json.setAll((ObjectNode) code);
        json.set("arguments", job.arguments());
        json.set("parameters", job.parameters());
        ObjectNode environment = json.putObject("environment");
        job.environment().forEach(environment::put);
        return json;
    }

    /** {@code {code, last, together}} or {@code {refusal}}. */
    private JsonNode translated(String source, @Nullable String function) throws IOException {
        Source key = new Source(source, function);
        synchronized (translated) {
            JsonNode known = translated.get(key);
            if (known != null) {
                return known;
            }
        }
        JsonNode fresh = read(
                Json.object().put("kind", "translate").put("source", source).put("function", function));
        synchronized (translated) {
            if (translated.size() >= MOST_KEPT) {
                translated.remove(translated.keySet().iterator().next());
            }
            translated.put(key, fresh);
        }
        return fresh;
    }

    /**
     * The schema of the arguments of a source: {@code {schema}} or {@code {refusal}}.
     *
     * @param name of the function, null: the source decides
     */
    public JsonNode schema(String source, @Nullable String name, boolean argumentsGiven) throws IOException {
        return read(Json.object()
                .put("kind", "schema")
                .put("source", source)
                .put("name", name)
                .put("argumentsGiven", argumentsGiven));
    }

    private JsonNode read(ObjectNode question) throws IOException {
        NodeJs node = search().node();
        if (node == null) {
            throw new IOException(String.valueOf(refusal()));
        }
        question.put("seconds", READING.toMillis() / 1000.0);
        WarmServer.Reply reply =
                readers.call("typescript", () -> start(node, "typescript.mjs", false, null), question, READING);
        JsonNode answer = Json.MAPPER.readTree(reply.result());
        return answer.isObject() && !answer.has("error")
                ? answer
                : Json.object().put("refusal", "SyntaxError: the parser gave up on the source");
    }

    @Override
    public void close() {
        spares.close();
        readers.close();
        cells.close();
    }
}
