package dev.mneme.tool.sandbox;

import dev.mneme.base.Sha256;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sets of npm packages, installed once each into a folder of their own; no script of a package runs. Thread-safe. */
final class NodePackages {
    private static final Logger LOG = LoggerFactory.getLogger(NodePackages.class);

    private static final Pattern NAME =
            Pattern.compile("(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][a-z0-9._~-]*", Pattern.CASE_INSENSITIVE);
    /** A version, a range or a tag; nothing that names a folder or an address. */
    private static final Pattern VERSION = Pattern.compile("[0-9A-Za-z^~<>=*|.+ -]{1,100}");

    private static final int MOST_PACKAGES = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    /** Characters of npm's complaint that are handed on. */
    private static final int MOST_WORDS = 600;

    private final Path folder;
    private final Map<String, String> environment;
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final FailedSets failures = new FailedSets();

    NodePackages(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /** The folder that holds node_modules with these packages. */
    Path installed(List<Requirement> requirements, NodeJs node) throws RequirementFailed {
        List<String> wanted = new ArrayList<>();
        for (Requirement requirement : requirements) {
            wanted.add(word(requirement));
        }
        wanted.sort(null);
        if (wanted.size() > MOST_PACKAGES) {
            throw new RequirementFailed("npm_requirements has more than " + MOST_PACKAGES + " packages");
        }
        Path home = folder.resolve(name(wanted, node));
        ReentrantLock lock = locks.computeIfAbsent(home.toString(), _ -> new ReentrantLock());
        lock.lock();
        try {
            if (!Files.isDirectory(home)) {
                failures.trying(home.toString(), () -> install(wanted, home, node));
            }
            return home;
        } finally {
            lock.unlock();
        }
    }

    private static String word(Requirement requirement) throws RequirementFailed {
        if (!NAME.matcher(requirement.name()).matches()) {
            throw new RequirementFailed("npm_requirements: " + requirement.name() + " is no name of a package");
        }
        String version = requirement.version();
        if (version == null || version.isBlank()) {
            return requirement.name();
        }
        if (!VERSION.matcher(version.strip()).matches()) {
            throw new RequirementFailed("npm_requirements: " + version + " is no version of " + requirement.name());
        }
        return requirement.name() + "@" + version.strip();
    }

    /** Another Node, another set: some packages choose their files by its version when they are installed. */
    private static String name(List<String> wanted, NodeJs node) {
        byte[] digest = Sha256.of(String.join("\n", wanted));
        return node.version() + "-" + HexFormat.of().formatHex(digest, 0, 10);
    }

    private void install(List<String> wanted, Path home, NodeJs node) throws RequirementFailed {
        Path npm = npm(node);
        Path draft = null;
        LOG.info("installing npm packages for tools: {}", wanted);
        long begun = System.nanoTime();
        try {
            Files.createDirectories(folder);
            draft = Files.createTempDirectory(folder, "draft");
            Path log = draft.resolve("npm.log");
            List<String> command = new ArrayList<>(List.of(npm.toString(), "install", "--prefix", draft.toString()));
            command.addAll(List.of("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--cache"));
            command.add(folder.resolve("cache").toString());
            command.add("--");
            command.addAll(wanted);
            ProcessBuilder builder = new ProcessBuilder(command).directory(draft.toFile());
            builder.environment().clear();
            builder.environment().putAll(seen(node));
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(PATIENCE)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw failed(wanted, "npm took longer than " + PATIENCE.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw failed(wanted, complaint(Files.readString(log)));
            }
            Files.createDirectories(draft.resolve("node_modules"));
            Programs.open(draft);
            move(draft, home);
            LOG.info("installed them in {} ms", (System.nanoTime() - begun) / 1_000_000);
        } catch (IOException e) {
            throw failed(wanted, "npm could not be run (" + e.getMessage() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(wanted, "the call was cancelled");
        } finally {
            Programs.remove(draft);
        }
    }

    private static void move(Path draft, Path home) throws IOException {
        try {
            Files.move(draft, home, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(draft, home);
        }
    }

    private Path npm(NodeJs node) throws RequirementFailed {
        Path beside = node.program().resolveSibling("npm");
        Path found = Files.isExecutable(beside) ? beside : Programs.find("npm", environment);
        if (found == null) {
            throw new RequirementFailed("npm_requirements need npm, which is not on this machine");
        }
        return found;
    }

    /** What npm needs; keys of model providers are no business of its. */
    private Map<String, String> seen(NodeJs node) {
        Map<String, String> seen = environment.entrySet().stream()
                .filter(entry -> {
                    String name = entry.getKey().toLowerCase(Locale.ROOT);
                    return name.equals("home")
                            || name.endsWith("_proxy")
                            || name.startsWith("npm_config_")
                            || name.equals("node_extra_ca_certs");
                })
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        seen.put("PATH", node.program().getParent() + ":" + environment.getOrDefault("PATH", "/usr/bin:/bin"));
        return seen;
    }

    private static String complaint(String log) {
        String said = log.lines()
                .map(line -> line.replaceFirst("^npm (?:ERR!|error)\\s*", ""))
                .filter(line -> !line.isBlank() && !line.contains("A complete log of this run"))
                .collect(Collectors.joining("; "));
        return said.substring(0, Math.min(MOST_WORDS, said.length()));
    }

    private static RequirementFailed failed(List<String> wanted, String why) {
        return new RequirementFailed(
                "The npm packages " + String.join(", ", wanted) + " could not be installed: " + why);
    }
}
