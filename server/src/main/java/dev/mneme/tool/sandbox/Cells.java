package dev.mneme.tool.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Starts programs that speak as a {@link WarmServer} does, each in a jail of its own, as a user of its own, with limits on what it and all
 * that it starts may take. Thread-safe.
 */
final class Cells implements AutoCloseable {
    private static final List<String> ETC = List.of("passwd", "group", "hosts");
    /** Users that cells become in turn, so that the limit on processes counts those of one cell. */
    private static final int USERS = 900;
    /** Bytes that the engines themselves need beside what code may use: their own code, stacks, caches. */
    private static final long ENGINE_BYTES = 1L << 30;

    /** Bytes in memory that the engines themselves need beside what code may use. */
    private static final long ENGINE_RESIDENT = 512L << 20;
    /** A program that wants to fill the memory of a machine needs longer. */
    private static final Duration WATCH_EVERY = Duration.ofMillis(200);

    private static final int KILO = 1024;
    /** Ends what the server could not: seconds of processor time, far more than any call has. */
    private static final int CPU_SECONDS = 3_600;

    private final SandboxOptions options;
    private final Jail jail;
    private final ToolProxy proxy;
    private final Path programs;
    private final Path sockets;
    private final AtomicInteger count = new AtomicInteger();
    private final Map<WarmServer, Integer> watched = new ConcurrentHashMap<>();
    private final Scope scope = new Scope("cells");

    /** programs: unpacked ones, seen as {@code /mneme/programs}. */
    Cells(SandboxOptions options, Jail jail, ToolProxy proxy, Path programs) {
        this.options = options;
        this.jail = jail;
        this.proxy = proxy;
        this.programs = programs;
        this.sockets = options.newSockets();
        scope.fork("watch", this::watch);
    }

    /** What a program is told, with paths as it sees them. */
    record Place(String programs, ObjectNode config) {}

    /** Starts one. views: more than the programs; command: of the program, which gets the configuration in its own way. */
    WarmServer start(
            List<Inmate.View> views,
            Map<String, String> environment,
            Function<Place, List<String>> command,
            int threads)
            throws IOException {
        int number = count.incrementAndGet();
        Path folder = Files.createDirectory(sockets.resolve(Integer.toString(number)));
        Programs.open(folder);
        boolean jailed = jail.isolation() == Isolation.JAIL;
        List<Inmate.View> all = new ArrayList<>(views);
        all.add(new Inmate.View(programs, "/mneme/programs"));
        for (String name : ETC) {
            all.add(new Inmate.View(programs.resolve("etc").resolve(name), "/etc/" + name));
        }
        String home = jailed ? "/tmp" : folder.toString();
        String run = jail.inside(folder, Jail.RUN);
        ObjectNode config = Json.object()
                .put("socket", run + "/" + WarmServer.SOCKET)
                .put("proxy", run + "/" + ToolProxy.SOCKET)
                .put("server", "http://" + ToolProxy.OWN_NAME)
                .put("home", home);
        if (jailed) {
            config.put("uid", Jail.UID + 1 + number % USERS);
        } else {
            config.putNull("uid");
        }
        config.set("limits", options.limits().json());
        Map<String, String> seen = new HashMap<>(environment);
        seen.put("LANG", "C.UTF-8");
        seen.put("HOME", home);
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", limits(jailed, threads) + "exec \"$0\" \"$@\""));
        words.addAll(command.apply(new Place(jail.inside(programs, "/mneme/programs"), config)));
        WarmServer server = WarmServer.start(jail, proxy, new Inmate(folder, all, seen, words, false));
        watched.put(server, options.limits().processes() + threads);
        return server;
    }

    /** The shell's limits hold for each process; this one adds them up. */
    private void watch() {
        long memory = options.limits().memory() + ENGINE_RESIDENT;
        try {
            while (true) {
                Thread.sleep(WATCH_EVERY);
                watched.keySet().removeIf(server -> !server.alive());
                watched.forEach((server, processes) -> server.bound(memory, processes));
            }
        } catch (InterruptedException e) {
            // closed: there is nothing left to watch
        }
    }

    /** Shells differ in the letter for processes. Without walls the machine's user has other processes than ours: they cannot be counted. */
    private String limits(boolean jailed, int threads) {
        CallLimits limits = options.limits();
        String processes = Integer.toString(limits.processes() + threads);
        return "ulimit -c 0; ulimit -n " + limits.files() + "; ulimit -f " + limits.folder() / KILO + "; ulimit -t "
                + CPU_SECONDS + "; ulimit -d " + (limits.memory() + ENGINE_BYTES) / KILO + "; "
                + (jailed
                        ? "ulimit -u " + processes + " 2>/dev/null || ulimit -p " + processes + " 2>/dev/null; "
                        : "");
    }

    @Override
    public void close() {
        scope.close();
        Programs.remove(sockets);
    }
}
