package dev.mneme.tool.sandbox;

import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scratch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the sandbox is given.
 *
 * @param isolation wished for; a jail that cannot be built is not replaced by something weaker
 * @param network whether code reaches anything but this server
 * @param keysOnly this server asks nobody for a password, so its sandbox must
 * @param guard decides where to
 * @param ownPort this server's port, once it listens
 * @param folder for programs and installed packages; made when needed
 * @param python the interpreter, null: python3 on the path
 * @param environment of this process: PATH, and what pip reads
 * @param calls that run at once, of all organisations together
 * @param callsPerTrust that run at once for one trust (an agent)
 * @param servers warm servers that are kept, at most; the longest unused ends first
 * @param idle after which an unused one ends
 * @param limits of one call
 */
public record SandboxOptions(
        Isolation isolation,
        boolean network,
        boolean keysOnly,
        OutboundGuard guard,
        IntSupplier ownPort,
        Path folder,
        @Nullable String python,
        Map<String, String> environment,
        int calls,
        int callsPerTrust,
        int servers,
        Duration idle,
        CallLimits limits) {
    private static final String TMP = "tmp";
    /** Bytes of a Unix socket's path, at most (Linux: sun_path has 108 with its end). */
    private static final int MAX_SOCKET_PATH = 107;
    /** Bytes below the scratch folder: a random name, the number of a program, the name of its socket. */
    private static final int SOCKET_BYTES = 45;

    /** Calls at once per processor: most of them wait for something. */
    private static final int CALLS_PER_PROCESSOR = 8;

    /** Of one trust, at most half of them. */
    private static final int CALLS_PER_TRUST_AND_PROCESSOR = 4;

    /** A warm Python server takes some 30 MB. */
    private static final int SERVERS = 16;

    private static final Duration IDLE = Duration.ofMinutes(5);

    /** Empties the folder for sockets: those of a server that was killed. */
    void sweep() {
        Scratch.open(folder.resolve(TMP));
    }

    /**
     * A new folder for the sockets of one host, owner only: in the scratch folder, or, where that path is too long for a socket, in the
     * system's temporary folder. The host removes it. Throws UNAVAILABLE, with what to do, when neither takes it.
     */
    Path newSockets() {
        Path parent = folder.resolve(TMP).toAbsolutePath();
        boolean fits = parent.toString().getBytes(StandardCharsets.UTF_8).length + SOCKET_BYTES <= MAX_SOCKET_PATH;
        try {
            return fits
                    ? Files.createTempDirectory(Files.createDirectories(parent), "s")
                    : Files.createTempDirectory("mneme");
        } catch (IOException e) {
            throw new Problem(
                    ProblemCode.UNAVAILABLE,
                    fits
                            ? "The folder " + parent + " cannot be written (" + e.getMessage()
                                    + "): free some room on its disk, or make it writable for the user of this server."
                            : "The path " + parent + " is too long for sockets (at most "
                                    + (MAX_SOCKET_PATH - SOCKET_BYTES)
                                    + " bytes), and the system's temporary folder, which would do instead, cannot be written ("
                                    + e.getMessage()
                                    + "): give the data folder a shorter path, or make that folder writable.",
                    e);
        }
    }

    /** With the usual bounds for this machine. */
    public static SandboxOptions usual(
            Isolation isolation,
            boolean network,
            boolean keysOnly,
            OutboundGuard guard,
            IntSupplier ownPort,
            Path folder,
            @Nullable String python,
            Map<String, String> environment,
            CallLimits limits) {
        return new SandboxOptions(
                isolation,
                network,
                keysOnly,
                guard,
                ownPort,
                folder,
                python,
                environment,
                Runtime.getRuntime().availableProcessors() * CALLS_PER_PROCESSOR,
                Runtime.getRuntime().availableProcessors() * CALLS_PER_TRUST_AND_PROCESSOR,
                SERVERS,
                IDLE,
                limits);
    }
}
