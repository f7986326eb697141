package dev.mneme.tool.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A program in a jail that waits for jobs on a Unix socket. Thread-safe.
 *
 * <p>The program prints one line of JSON on standard output once it listens on {@link #SOCKET} in its folder, and ends when its standard
 * input does. Each job has a connection of its own: one JSON object in, two out (how it ended, and what the code returned), each behind its
 * length in four big-endian bytes. Closing the connection stops the job.
 */
public final class WarmServer implements AutoCloseable {
    /** Name of the socket in the folder of the inmate. */
    public static final String SOCKET = "call.sock";

    /** The longest first line: a short JSON object. */
    private static final int LONGEST_FRAME = 80 << 20;
    /** The time over a job's own after which its server is taken for dead. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final byte[] NOTHING = "null".getBytes(StandardCharsets.US_ASCII);

    private final Process process;
    private final Path folder;
    private final AutoCloseable outlet;
    private final JsonNode greeting;
    private final Map<SocketChannel, Long> deadlines = new ConcurrentHashMap<>();
    private volatile long lastUse = System.nanoTime();
    private volatile @Nullable String excess;

    private WarmServer(Process process, Path folder, AutoCloseable outlet, JsonNode greeting) {
        this.process = process;
        this.folder = folder;
        this.outlet = outlet;
        this.greeting = greeting;
    }

    /** How a job ended (the server's own words about it) and what the code left: JSON that nobody has checked, maybe none. */
    public record Reply(JsonNode ended, byte[] result) {}

    /**
     * Starts it and waits until it listens. Its way out is the proxy's socket, which it finds in its folder. The folder is removed when the
     * server is closed. Throws with what it said when it does not start.
     */
    public static WarmServer start(Jail jail, ToolProxy proxy, Inmate inmate) throws IOException {
        Path log = inmate.folder().resolveSibling(inmate.folder().getFileName() + ".log");
        AutoCloseable outlet = proxy.open(inmate.folder());
        Process process = jail.start(inmate, log);
        try {
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = output.readLine();
            if (line == null) {
                throw new IOException("the sandbox's program did not start: "
                        + Files.readString(log).strip());
            }
            return new WarmServer(process, inmate.folder(), outlet, Json.parse(line));
        } catch (IOException e) {
            end(process, inmate.folder(), outlet);
            throw e;
        }
    }

    /** What it printed when it began to listen. */
    public JsonNode greeting() {
        return greeting;
    }

    /** It serves one job and ends ({@code "walls": "single"} in its greeting): this system lets no namespaces be made inside namespaces. */
    boolean singleUse() {
        return greeting.path("walls").asText().equals("single");
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** Nanoseconds since the last job ended; 0 while one runs. */
    long idleNanos() {
        return deadlines.isEmpty() ? System.nanoTime() - lastUse : 0;
    }

    /** Runs a job. Throws IOException when the server is gone or takes longer than the job's own time and some. Interruptible. */
    public Reply call(ObjectNode job, Duration timeout) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            deadlines.put(channel, System.nanoTime() + timeout.plus(GRACE).toNanos());
            try {
                channel.connect(UnixDomainSocketAddress.of(folder.resolve(SOCKET)));
                byte[] body = Json.MAPPER.writeValueAsBytes(job);
                ByteBuffer frame = ByteBuffer.allocate(4 + body.length)
                        .putInt(body.length)
                        .put(body)
                        .flip();
                while (frame.hasRemaining()) {
                    channel.write(frame);
                }
                return new Reply(Json.MAPPER.readTree(frame(channel)), frame(channel));
            } catch (IOException e) {
                if (excess == null) {
                    throw e;
                }
                return new Reply(Json.object().put("why", excess), NOTHING);
            } finally {
                lastUse = System.nanoTime();
                deadlines.remove(channel);
            }
        }
    }

    private static byte[] frame(SocketChannel channel) throws IOException {
        int length = full(channel, ByteBuffer.allocate(4)).getInt();
        if (length < 0 || length > LONGEST_FRAME) {
            throw new IOException("the sandbox answered with " + length + " bytes");
        }
        return full(channel, ByteBuffer.allocate(length)).array();
    }

    private static ByteBuffer full(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the sandbox's program ended");
            }
        }
        return buffer.flip();
    }

    /** Ends everything when a job runs and the program and all that it started have outgrown these bounds; the job is told why. */
    void bound(long memory, int processes) {
        if (deadlines.isEmpty() || !alive()) {
            return;
        }
        String why = Family.excess(process.toHandle(), memory, processes);
        if (why != null) {
            excess = why;
            kill(process);
        }
    }

    /** Hangs up on jobs that are long overdue: called every now and then by the owner. */
    void expire() {
        long now = System.nanoTime();
        deadlines.forEach((channel, deadline) -> {
            if (now - deadline > 0) {
                try {
                    channel.close();
                } catch (IOException e) {
                    // it was closed already
                }
            }
        });
    }

    @Override
    public void close() {
        deadlines.keySet().forEach(channel -> {
            try {
                channel.close();
            } catch (IOException e) {
                // it was closed already
            }
        });
        end(process, folder, outlet);
    }

    /** The jailed program first: it is a child of the one that put it there, and may have stopped listening to anybody. */
    private static void kill(Process process) {
        Family.end(process.toHandle());
    }

    private static void end(Process process, Path folder, AutoCloseable outlet) {
        try {
            outlet.close();
            process.getOutputStream().close();
            if (!process.waitFor(Duration.ofSeconds(2))) {
                kill(process);
            }
        } catch (InterruptedException e) {
            kill(process);
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            // what could not be closed in order is closed by force
            kill(process);
        }
        Programs.remove(folder);
        Programs.remove(folder.resolveSibling(folder.getFileName() + ".log"));
    }
}
