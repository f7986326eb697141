package dev.mneme.tool.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import dev.mneme.tool.sandbox.Language;
import dev.mneme.tool.sandbox.Python;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads Python sources with Python's own parser, in a child process of little rights that is kept warm: it sees no environment of ours, no
 * site packages, and never runs what it reads (decision 0019). One source at a time; a child that hangs or dies is replaced. Thread-safe.
 */
public final class PythonSchemas implements SchemaReader, AutoCloseable {
    /** Longest source, in characters: far more than anybody writes by hand. */
    public static final int SOURCE_LIMIT = 1_000_000;

    /** Parsing takes milliseconds; a source that takes longer than this is meant to. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Results kept, since clients upsert the same tools again at every start. */
    private static final int MOST_KEPT = 500;

    private static final String REMEDY = " Or send a json_schema with the tool, then its source need not be read.";

    private final Supplier<Python.Search> search;
    private final Map<Asked, Reading> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final String program;
    private Python.@Nullable Search found;
    private @Nullable Child child;

    /** search: looks for the Python of this machine; asked when the first source comes. */
    public PythonSchemas(Supplier<Python.Search> search) {
        this.search = search;
        this.program = resource("docstrings.py") + resource("annotations.py") + resource("schema.py");
    }

    private record Asked(String source, @Nullable String name, boolean argumentsGiven) {}

    @Override
    public Language language() {
        return Language.PYTHON;
    }

    @Override
    public Reading read(String source, @Nullable String name, boolean argumentsGiven) {
        if (source.length() > SOURCE_LIMIT) {
            return new Reading.Refused("the source has " + source.length() + " characters, more than " + SOURCE_LIMIT);
        }
        return read(new Asked(source, name, argumentsGiven));
    }

    private synchronized Reading read(Asked asked) {
        Reading known = kept.get(asked);
        if (known != null) {
            return known;
        }
        Reading fresh = fresh(asked);
        if (!(fresh instanceof Reading.Unavailable)) {
            if (kept.size() >= MOST_KEPT) {
                kept.remove(kept.keySet().iterator().next());
            }
            kept.put(asked, fresh);
        }
        return fresh;
    }

    private Reading fresh(Asked asked) {
        Python.Search here = found;
        if (here == null || here.python() == null) {
            here = search.get();
            found = here;
        }
        Python python = here.python();
        if (python == null) {
            return new Reading.Unavailable(here.refusal() + REMEDY);
        }
        ObjectNode question = Json.object()
                .put("source", asked.source())
                .put("name", asked.name())
                .put("arguments", asked.argumentsGiven());
        // A warm child may have been killed from outside since it was last asked: one more try with a new one.
        for (int attempt = 0; attempt < 2; attempt++) {
            boolean warm = child != null && child.process.isAlive();
            try {
                Child now = warm && child != null ? child : start(python);
                String line = now.ask(Json.write(question));
                if (line != null) {
                    return reading(Json.read(line, JsonNode.class));
                }
            } catch (IOException e) {
                if (!warm) {
                    stop();
                    return new Reading.Unavailable("Python cannot read the source: " + e.getMessage() + "." + REMEDY);
                }
            }
            stop();
            if (!warm) {
                break;
            }
        }
        return new Reading.Refused("Failed to parse source code: Python's parser gave up on it");
    }

    private static Reading reading(JsonNode answer) {
        return answer.path("schema") instanceof ObjectNode schema
                ? new Reading.Found(schema)
                : new Reading.Refused(answer.path("refusal").asText("Failed to parse source code"));
    }

    private Child start(Python python) throws IOException {
        stop();
        ProcessBuilder builder = new ProcessBuilder(python.program().toString(), "-I", "-S", "-B", "-c", program);
        Map<String, String> environment = builder.environment();
        String path = environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.clear();
        environment.put("PATH", path);
        environment.put("PYTHONIOENCODING", "utf-8");
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Child made = new Child(builder.start());
        child = made;
        if (made.greeting() == null) {
            throw new IOException(python.program() + " does not work");
        }
        return made;
    }

    private void stop() {
        if (child != null) {
            child.process.destroyForcibly();
            child = null;
        }
    }

    @Override
    public synchronized void close() {
        stop();
    }

    /** The running parser. */
    private static final class Child {
        private final Process process;
        private final Writer in;
        private final BufferedReader out;

        Child(Process process) {
            this.process = process;
            this.in = process.outputWriter(StandardCharsets.UTF_8);
            this.out = process.inputReader(StandardCharsets.UTF_8);
        }

        /** The answer; null when there is none in time. */
        @Nullable
        String ask(String line) throws IOException {
            try (Scope watch = new Scope("schema")) {
                watch.fork("patience", this::stopWhenLate);
                in.write(line);
                in.write('\n');
                in.flush();
                return out.readLine();
            }
        }

        /** The first line that a child writes, null when it died before. */
        @Nullable
        String greeting() throws IOException {
            try (Scope watch = new Scope("schema")) {
                watch.fork("patience", this::stopWhenLate);
                return out.readLine();
            }
        }

        private void stopWhenLate() {
            try {
                if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                // the answer came in time
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String resource(String name) {
        try (InputStream in = PythonSchemas.class.getResourceAsStream("/sandbox/schema/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the resource /sandbox/schema/" + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
