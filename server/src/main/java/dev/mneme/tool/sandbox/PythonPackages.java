package dev.mneme.tool.sandbox;

import dev.mneme.base.Scope;
import dev.mneme.base.Sha256;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Packages for Python code, one folder for each set of requirements, installed by pip and never into the user's Python. Thread-safe.
 *
 * <p>Only ready-made packages (wheels) are installed, since building others would run their code outside the jail. A folder appears by one
 * rename, so it is whole or not there.
 */
final class PythonPackages implements AutoCloseable {
    /** What every Python tool may import. */
    static final List<Requirement> BASE = List.of(
            new Requirement("requests", ">=2.32,<3"),
            new Requirement("httpx", ">=0.27,<1"),
            new Requirement("pydantic", ">=2.9,<3"),
            new Requirement("letta-client", ">=1.6,<2"));

    private static final Logger LOG = LoggerFactory.getLogger(PythonPackages.class);
    /** Data libraries have some hundred megabytes and slow mirrors exist. */
    private static final Duration PIP_PATIENCE = Duration.ofMinutes(5);
    /** Bytes of one set. */
    private static final long LARGEST_SET = 2L << 30;
    /** Sets that are kept; beyond it the longest unused goes. */
    private static final int MOST_SETS = 32;
    /** A set that was used since then may be in use. */
    private static final Duration IN_USE = Duration.ofHours(1);

    /** The mirror, proxy and certificates that the operator set; nothing else of this server's environment. */
    private static final Pattern PIP_READS = Pattern.compile(
            "PATH|HOME|USER|TMPDIR|LANG|XDG_.*|PIP_.*|NETRC|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|((HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy)");

    private static final int LONGEST_REASON = 600;

    private final Path folder;
    private final Path baseFolder;
    private final Map<String, String> environment;
    private final Scope scope = new Scope("packages");
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final FailedSets failures = new FailedSets();

    /** folder: of the sets. The base is kept in the cache of this user, where he has one. */
    PythonPackages(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
        String cache = environment.get("XDG_CACHE_HOME");
        String home = environment.get("HOME");
        this.baseFolder = cache != null && !cache.isBlank()
                ? Path.of(cache, "mneme", "python")
                : home != null && !home.isBlank() ? Path.of(home, ".cache", "mneme", "python") : folder;
    }

    /** Where the base is, or null while it is not there. */
    @Nullable
    Path base(Python python) {
        Path place = baseFolder.resolve(name(python, texts(BASE)));
        return Files.isDirectory(place) ? place : null;
    }

    /** Begins to install the base, unless that has happened or is under way. */
    void prepareBase(Python python) {
        String name = name(python, texts(BASE));
        if (base(python) == null && !lock(name).isLocked() && failures.standing(name) == null) {
            scope.fork("base", () -> {
                try {
                    awaitBase(python);
                } catch (RequirementFailed e) {
                    LOG.warn("The base packages of Python tools are missing: {}", e.getMessage());
                }
            });
        }
    }

    /** The base, installed if need be. */
    Path awaitBase(Python python) throws RequirementFailed {
        return installed(baseFolder, python, texts(BASE));
    }

    /** The folder of that set, installed if need be. */
    Path set(Python python, List<Requirement> requirements) throws RequirementFailed {
        TreeSet<String> texts = new TreeSet<>();
        for (Requirement requirement : requirements) {
            texts.add(PipRequirement.text(requirement));
        }
        Path place = installed(folder, python, List.copyOf(texts));
        try {
            Files.setLastModifiedTime(place, FileTime.from(Instant.now()));
        } catch (IOException e) {
            // it is thrown away a little early
        }
        return place;
    }

    private static List<String> texts(List<Requirement> requirements) {
        List<String> texts = new ArrayList<>();
        requirements.forEach(requirement -> texts.add(requirement.name() + requirement.version()));
        return texts;
    }

    private static String name(Python python, List<String> texts) {
        byte[] hash = Sha256.of(String.join("\n", texts));
        return python.version() + "-" + HexFormat.of().formatHex(hash, 0, 10);
    }

    private ReentrantLock lock(String name) {
        return locks.computeIfAbsent(name, _ -> new ReentrantLock());
    }

    private Path installed(Path parent, Python python, List<String> texts) throws RequirementFailed {
        String name = name(python, texts);
        Path place = parent.resolve(name);
        if (Files.isDirectory(place)) {
            return place;
        }
        ReentrantLock lock = lock(name);
        lock.lock();
        try {
            if (!Files.isDirectory(place)) {
                failures.trying(name, () -> install(place, python, texts));
            }
            return place;
        } finally {
            lock.unlock();
        }
    }

    private void install(Path place, Python python, List<String> texts) throws RequirementFailed {
        Path staging = null;
        long begun = System.nanoTime();
        LOG.info("Installing packages for Python tools: {}", String.join(" ", texts));
        try {
            Path sets = Objects.requireNonNull(place.getParent(), "a set lies in a folder");
            Files.createDirectories(sets);
            tidy(sets);
            staging = Files.createTempDirectory(sets, "new-");
            pip(python, staging, texts);
            if (size(staging) > LARGEST_SET) {
                throw new RequirementFailed("together they are larger than " + (LARGEST_SET >> 20) + " MB");
            }
            Programs.open(staging);
            Files.move(staging, place, StandardCopyOption.ATOMIC_MOVE);
            LOG.info("Installed them in {} s", (System.nanoTime() - begun) / 1_000_000_000);
        } catch (FileAlreadyExistsException e) {
            // another server of this user was faster
            Programs.remove(staging);
        } catch (IOException e) {
            Programs.remove(staging);
            if (!Files.isDirectory(place)) {
                throw new RequirementFailed("they could not be written (" + e.getMessage() + ")");
            }
        } catch (RequirementFailed e) {
            Programs.remove(staging);
            throw e;
        }
    }

    private void pip(Python python, Path target, List<String> texts) throws RequirementFailed, IOException {
        List<String> command = new ArrayList<>(List.of(
                python.program().toString(),
                "-I",
                "-m",
                "pip",
                "install",
                "--no-input",
                "--disable-pip-version-check",
                "--only-binary",
                ":all:",
                "--no-compile",
                "--quiet",
                "--target",
                target.toString(),
                "--"));
        command.addAll(texts);
        Path log = Files.createTempFile(target.getParent(), "pip-", ".log");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().clear();
            environment.forEach((variable, value) -> {
                if (PIP_READS.matcher(variable).matches()) {
                    builder.environment().put(variable, value);
                }
            });
            Process process = builder.start();
            process.getOutputStream().close();
            boolean ended;
            try {
                ended = process.waitFor(PIP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RequirementFailed("the call was cancelled");
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            if (!ended) {
                throw new RequirementFailed("pip took longer than " + PIP_PATIENCE.toMinutes() + " minutes");
            }
            if (process.exitValue() != 0) {
                throw new RequirementFailed(reason(Files.readString(log)));
            }
        } finally {
            Files.deleteIfExists(log);
        }
    }

    /** What pip said is wrong, without its advice. */
    static String reason(String said) {
        if (said.contains("No module named pip")) {
            return "this Python has no pip: install python3-pip";
        }
        List<String> errors = said.lines()
                .filter(line -> line.startsWith("ERROR:"))
                .map(line -> line.substring("ERROR:".length()).strip())
                .distinct()
                .toList();
        String text = errors.isEmpty() ? said.strip() : String.join(" ", errors);
        return "pip: " + (text.length() > LONGEST_REASON ? text.substring(0, LONGEST_REASON) + "…" : text);
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    /** Throws away what a killed server left, and sets that were not used for long when there are many. */
    private static void tidy(Path parent) throws IOException {
        List<Path> sets = new ArrayList<>();
        try (Stream<Path> all = Files.list(parent)) {
            all.filter(Files::isDirectory).forEach(sets::add);
        }
        Instant old = Instant.now().minus(IN_USE);
        sets.removeIf(set -> modified(set).isAfter(old));
        sets.sort(Comparator.comparing(PythonPackages::modified));
        int excess = sets.size() - MOST_SETS;
        for (Path set : sets) {
            if (excess-- > 0 || String.valueOf(set.getFileName()).startsWith("new-")) {
                Programs.remove(set);
            }
        }
    }

    private static Instant modified(Path path) {
        try {
            return Files.getLastModifiedTime(path).toInstant();
        } catch (IOException e) {
            return Instant.now(); // it is just being removed
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
