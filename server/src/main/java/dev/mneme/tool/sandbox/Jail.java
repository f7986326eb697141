package dev.mneme.tool.sandbox;

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
 * Builds the command that starts a program behind walls, and knows whether they can be built here. Immutable, thread-safe.
 *
 * <p>The walls are bubblewrap's: namespaces of their own for users, processes, IPC, host name, control groups and network (loopback only),
 * no file but the machine's programs and libraries, read-only, and a {@code /tmp} in memory. The program is process 1 of its namespace, so
 * all that it started ends with it; it must end when its standard input does, which is when this server is gone.
 */
public final class Jail {
    /** Where a jailed program finds its sockets. */
    public static final String RUN = "/run/mneme";

    /** The user that jailed programs are: above all accounts and below the ranges of systemd and of containers in containers. */
    public static final int UID = 64_001;

    private static final String USER = Integer.toString(UID);
    private static final String PROBE_TEXT = "walls hold";
    private static final long PROBE_SECONDS = 10;
    /** Bytes of each folder in memory. */
    private static final String MEMORY_FOLDER_BYTES = Long.toString(64L << 20);

    private static final List<String> SYSTEM_LINKS = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");
    /** What programs need of /etc; nothing there is secret, and the rest is not shown. */
    private static final List<String> SYSTEM_FILES = List.of(
            "/etc/ld.so.cache",
            "/etc/ld.so.conf",
            "/etc/ld.so.conf.d",
            "/etc/ssl",
            "/etc/ca-certificates",
            "/etc/pki/tls/certs",
            "/etc/pki/ca-trust",
            "/etc/alternatives",
            "/etc/localtime",
            "/etc/mime.types");

    private final Isolation isolation;
    private final String bubblewrap;
    private final boolean root;
    private final @Nullable String refusal;

    private Jail(Isolation isolation, String bubblewrap, boolean root, @Nullable String refusal) {
        this.isolation = isolation;
        this.bubblewrap = bubblewrap;
        this.root = root;
        this.refusal = refusal;
    }

    /** Tries the walls once, with a real program in them. */
    public static Jail open(SandboxOptions options) {
        Isolation isolation = options.isolation();
        boolean root = "root".equals(System.getProperty("user.name"));
        return switch (isolation) {
            case OFF -> new Jail(isolation, "", root, "Code of tools is switched off here (MNEME_TOOL_ISOLATION=off).");
            case PROCESS -> new Jail(isolation, "", root, null);
            case JAIL -> {
                Path found = Programs.find("bwrap", options.environment());
                if (found == null) {
                    yield new Jail(isolation, "", root, unusable("bubblewrap (the program bwrap) is not installed"));
                }
                Jail jail = new Jail(isolation, found.toString(), root, null);
                String why = jail.probe(options.newSockets());
                if (why != null && root) { // root of a container may lack what real root may do
                    jail = new Jail(isolation, found.toString(), false, null);
                    why = jail.probe(options.newSockets());
                }
                yield why == null ? jail : new Jail(isolation, found.toString(), false, unusable(why));
            }
        };
    }

    private static String unusable(String why) {
        return "Code of tools cannot run: " + why
                + ". Install bubblewrap on a Linux that lets this user make namespaces, or set"
                + " MNEME_TOOL_ISOLATION=process to run it as plain processes, which can read what this server can read.";
    }

    /** Why nothing can run and what to do about it, null when it can. */
    public @Nullable String refusal() {
        return refusal;
    }

    public Isolation isolation() {
        return isolation;
    }

    /** What a jailed program calls that path: its own name in a jail, the machine's where there are no walls. */
    public String inside(Path host, String inside) {
        return isolation == Isolation.JAIL ? inside : host.toString();
    }

    /** Starts the program; standard error goes to the given file. */
    public Process start(Inmate inmate, Path log) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(isolation == Isolation.JAIL ? walled(inmate) : inmate.command());
        builder.environment().clear();
        if (isolation != Isolation.JAIL) {
            builder.environment().putAll(inmate.environment());
        }
        return builder.directory(inmate.folder().toFile())
                .redirectError(log.toFile())
                .start();
    }

    private List<String> walled(Inmate inmate) {
        List<String> command = new ArrayList<>();
        command.add(bubblewrap);
        // Root needs no user namespace, and real capabilities let the program become a user that owns nothing.
        command.addAll(
                root
                        ? List.of(
                                "--unshare-pid",
                                "--unshare-net",
                                "--unshare-ipc",
                                "--unshare-uts",
                                "--unshare-cgroup-try")
                        : List.of("--unshare-all", "--uid", USER, "--gid", USER));
        command.addAll(
                List.of("--as-pid-1", "--new-session", "--clearenv", "--cap-drop", "ALL", "--hostname", "sandbox"));
        if (root) {
            command.addAll(List.of("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"));
        }
        if (root && inmate.nests()) {
            // To take off what bubblewrap lays over /proc: with it no namespace inside gets a /proc of its own.
            command.addAll(List.of("--cap-add", "CAP_SYS_ADMIN"));
        }
        Set<String> made = new LinkedHashSet<>();
        view(command, made, Path.of("/usr"), "/usr");
        for (String name : SYSTEM_LINKS) {
            systemFolder(command, made, Path.of("/" + name));
        }
        for (String file : SYSTEM_FILES) {
            if (Files.exists(Path.of(file))) {
                view(command, made, Path.of(file), file);
            }
        }
        for (Inmate.View view : inmate.views()) {
            view(command, made, view.host(), view.inside());
        }
        parents(command, made, RUN);
        command.addAll(List.of("--bind", inmate.folder().toString(), RUN, "--proc", "/proc", "--dev", "/dev"));
        for (String folder : List.of("/dev/shm", "/tmp")) {
            command.addAll(List.of("--perms", "1777", "--size", MEMORY_FOLDER_BYTES, "--tmpfs", folder));
        }
        command.addAll(List.of("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"));
        inmate.environment().forEach((name, value) -> command.addAll(List.of("--setenv", name, value)));
        command.addAll(inmate.command());
        return command;
    }

    /** /bin, /lib and so on: links into /usr on most systems, folders on the others. */
    private static void systemFolder(List<String> command, Set<String> made, Path folder) {
        try {
            if (Files.isSymbolicLink(folder)) {
                command.addAll(
                        List.of("--symlink", Files.readSymbolicLink(folder).toString(), folder.toString()));
            } else if (Files.isDirectory(folder)) {
                view(command, made, folder, folder.toString());
            }
        } catch (IOException e) {
            // unreadable: then the jail goes without, and the probe shows whether it can
        }
    }

    private static void view(List<String> command, Set<String> made, Path host, String inside) {
        parents(command, made, inside);
        command.addAll(List.of("--ro-bind", host.toString(), inside));
    }

    /** Bubblewrap makes missing parents for their owner only, who is not the user that the program becomes. */
    private static void parents(List<String> command, Set<String> made, String inside) {
        Path parent = Path.of(inside).getParent();
        if (parent != null && parent.getParent() != null && !parent.startsWith("/usr")) {
            parents(command, made, parent.toString());
            if (made.add(parent.toString())) {
                command.addAll(List.of("--perms", "0755", "--dir", parent.toString()));
            }
        }
    }

    /** Null when the walls hold, else what bubblewrap said. */
    private @Nullable String probe(Path folder) {
        try {
            Path log = folder.resolve("log");
            Process process = start(
                    new Inmate(folder, List.of(), Map.of(), List.of("/bin/sh", "-c", "echo " + PROBE_TEXT), false),
                    log);
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "bubblewrap hangs";
            }
            return said.equals(PROBE_TEXT)
                    ? null
                    : "bubblewrap does not work here ("
                            + Files.readString(log).strip().lines().findFirst().orElse("it said nothing") + ")";
        } catch (IOException e) {
            return "bubblewrap could not be started (" + e.getMessage() + ")";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the server is stopping";
        } finally {
            Programs.remove(folder);
        }
    }
}
