package dev.mneme.tool.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The Node.js of this machine. program: without links; version: as in 20.11.1. */
record NodeJs(Path program, String version) {
    /** The first version with what our programs use. */
    static final int OLDEST = 18;

    private static final long PROBE_SECONDS = 10;

    /** The program, or why there is none. */
    record Search(@Nullable NodeJs node, @Nullable String refusal) {}

    /** Looks for it: where MNEME_NODE says, else on the path, else where version managers put it; the newest of several of those. */
    static Search search(Map<String, String> environment) {
        String wish = environment.getOrDefault("MNEME_NODE", "").strip();
        String why = "there is no node on the path";
        for (Path candidate : wish.isEmpty() ? candidates(environment) : List.of(Path.of(wish))) {
            try {
                String version = version(candidate);
                if (Integer.parseInt(version.split("\\.")[0]) >= OLDEST) {
                    return new Search(new NodeJs(candidate.toRealPath(), version), null);
                }
                why = candidate + " is version " + version;
            } catch (IOException | NumberFormatException e) {
                why = candidate + " does not work";
            }
        }
        return new Search(
                null,
                "TypeScript and JavaScript tools cannot run: " + why + ". Install Node.js " + OLDEST
                        + " or newer, or name its program in MNEME_NODE.");
    }

    private static List<Path> candidates(Map<String, String> environment) {
        List<Path> found = new ArrayList<>();
        Path onPath = Programs.find("node", environment);
        if (onPath != null) {
            found.add(onPath);
        }
        for (String place :
                List.of("/usr/local/bin", "/opt/homebrew/bin", "/usr/lib/nodejs/bin", "/opt/node/bin", "/snap/bin")) {
            found.add(Path.of(place, "node"));
        }
        String home = environment.getOrDefault("HOME", "");
        if (!home.isEmpty()) {
            found.add(Path.of(home, ".volta/bin/node"));
            found.addAll(versions(Path.of(home, ".nvm/versions/node"), "bin/node"));
            found.addAll(versions(Path.of(home, ".local/share/fnm/node-versions"), "installation/bin/node"));
        }
        return found.stream().filter(Files::isExecutable).distinct().toList();
    }

    private static List<Path> versions(Path folder, String inside) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.sorted(Comparator.comparing(NodeJs::major).reversed())
                    .map(each -> each.resolve(inside))
                    .toList();
        } catch (IOException e) {
            return List.of(); // unreadable: nothing to be found here
        }
    }

    private static int major(Path folder) {
        String digits = folder.getFileName().toString().replaceAll("^v?(\\d+).*", "$1");
        return digits.matches("\\d{1,6}") ? Integer.parseInt(digits) : 0;
    }

    private static String version(Path program) throws IOException {
        Process process = new ProcessBuilder(program.toString(), "--version")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return said.startsWith("v") ? said.substring(1) : said;
    }
}
