package dev.mneme.tool.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The Python of this machine.
 *
 * @param program the real interpreter: no shim, no virtual environment
 * @param version as in 3.11.7
 * @param folders what it needs of the machine's files outside /usr
 */
public record Python(Path program, String version, List<Path> folders) {
    /** The first version with what our programs use. */
    static final int OLDEST_MINOR = 9;

    private static final long PROBE_SECONDS = 20;

    private static final String PROBE = """
            import json, os, sys
            base = getattr(sys, "_base_executable", None) or sys.executable
            print(json.dumps({"program": os.path.realpath(base), "version": "%d.%d.%d" % sys.version_info[:3],
                              "minor": sys.version_info[1] if sys.version_info[0] == 3 else 0,
                              "folders": [sys.base_prefix, sys.base_exec_prefix]}))
            """;

    /** The interpreter, or why there is none. */
    public record Search(@Nullable Python python, @Nullable String refusal) {}

    /** Looks for it: the given one, else python3 on the path. */
    public static Search search(@Nullable String wish, Map<String, String> environment) {
        Path program = wish != null ? Path.of(wish) : Programs.find("python3", environment);
        if (program == null) {
            return missing("there is no python3 on the path");
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(program.toString(), "-I", "-S", "-c", PROBE);
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
            Process process = builder.start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                return missing(program + " does not work");
            }
            JsonNode facts = Json.parse(said);
            if (facts.path("minor").intValue() < OLDEST_MINOR) {
                return missing(program + " is version " + facts.path("version").textValue());
            }
            return new Search(of(facts), null);
        } catch (IOException e) {
            return missing(program + " does not work (" + e.getMessage() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return missing("the server is stopping");
        }
    }

    private static Python of(JsonNode facts) {
        Path program = Path.of(facts.path("program").textValue());
        Set<Path> folders = new LinkedHashSet<>();
        facts.path("folders").forEach(folder -> folders.add(Path.of(folder.textValue())));
        List<Path> outside = new ArrayList<>();
        for (Path folder : folders) {
            if (!folder.startsWith("/usr") && folder.getNameCount() > 0 && Files.isDirectory(folder)) {
                outside.add(folder);
            }
        }
        return new Python(program, facts.path("version").textValue(), List.copyOf(outside));
    }

    private static Search missing(String why) {
        return new Search(
                null,
                "Python tools cannot run: " + why + ". Install Python 3." + OLDEST_MINOR
                        + " or newer, or name its program in MNEME_PYTHON.");
    }
}
