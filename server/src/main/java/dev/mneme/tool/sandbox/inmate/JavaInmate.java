package dev.mneme.tool.sandbox.inmate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Serves jobs on a Unix socket until standard input ends, as a {@code WarmServer} expects. The one argument is JSON: socket, proxy, server,
 * home, uid, limits. Jobs: {@code {kind: "read", source, function}} compiles and gives {@code {main, classes, schema}} or
 * {@code {refusal}}; {@code {kind: "call", …}} runs what was compiled.
 *
 * <p>A call that is late ends the whole program, since no thread can be stopped; so does one that leaves threads behind, once nobody is
 * using the program any more.
 */
public final class JavaInmate {
    /** Bytes of one job: as much as the longest body of a request. */
    private static final int LONGEST_JOB = 64 << 20;
    /** How long threads of a call that has returned may take to end. */
    private static final long LINGER_MILLIS = 20;

    private final JsonNode config;
    private final Output stdout;
    private final Output stderr;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger running = new AtomicInteger();
    private volatile boolean spent;
    private volatile @Nullable ServerSocketChannel listener;

    private JavaInmate(JsonNode config) {
        this.config = config;
        int most = config.path("limits").path("output").intValue();
        this.stdout = new Output(most);
        this.stderr = new Output(most);
    }

    /** Never returns. */
    public static void main(String[] args) throws IOException {
        JsonNode config = Values.MAPPER.readTree(args[0]);
        new JavaInmate(config).serve();
    }

    private void serve() throws IOException {
        Path file = Path.of(config.path("socket").textValue());
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        if (config.path("uid").isInt()) {
            OwnUser.become(config.path("uid").intValue());
        }
        int port = Forwarder.start(Path.of(config.path("proxy").textValue()));
        for (String scheme : new String[] {"http", "https"}) {
            System.setProperty(scheme + ".proxyHost", "127.0.0.1");
            System.setProperty(scheme + ".proxyPort", Integer.toString(port));
        }
        thread("life", JavaInmate::awaitEnd).start();
        Runtime.getRuntime().addShutdownHook(thread("ending", this::endAll));
        try (OutputStream greeting = new FileOutputStream(FileDescriptor.out)) {
            greeting.write("{\"java\":true}\n".getBytes(StandardCharsets.UTF_8));
            greeting.flush();
            accept(listener);
        }
    }

    /** Until the listener is closed; then those that run come to their end. */
    private void accept(ServerSocketChannel from) throws IOException {
        listener = from;
        try {
            while (true) {
                SocketChannel connection = from.accept();
                thread("job", () -> serve(connection)).start();
            }
        } catch (ClosedChannelException e) {
            LockSupport.park();
            halt(0);
        }
    }

    /** Takes no more jobs: whoever knocks now is refused, and knows that nothing ran. */
    private void retire() {
        spent = true;
        ServerSocketChannel closing = listener;
        if (closing != null) {
            try {
                closing.close();
            } catch (IOException e) {
                // then it ends with the program
            }
        }
    }

    private static Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Standard input ends when the server is gone. */
    private static void awaitEnd() {
        try {
            while (System.in.read() >= 0) {
                // nothing is ever said there
            }
        } catch (IOException e) {
            // as good as an end
        }
        halt(0);
    }

    /** The code has called exit: whoever waits is told. */
    private void endAll() {
        open.forEach(connection -> answer(connection, ended("died"), "null"));
    }

    private void serve(SocketChannel connection) {
        running.incrementAndGet();
        try (connection) {
            DataInputStream in = new DataInputStream(Channels.newInputStream(connection));
            int length = in.readInt();
            if (length < 0 || length > LONGEST_JOB) {
                throw new EOFException();
            }
            JsonNode job = Values.MAPPER.readTree(in.readNBytes(length));
            open.add(connection);
            switch (job.path("kind").asText()) {
                case "read" -> answer(connection, ended(null), read(job).toString());
                default -> call(connection, job);
            }
        } catch (IOException e) {
            // whoever asked has left
        } finally {
            open.remove(connection);
            if (running.decrementAndGet() == 0 && spent) {
                halt(0);
            }
        }
    }

    private static ObjectNode read(JsonNode job) {
        ObjectNode answer = Values.MAPPER.createObjectNode();
        try {
            Compiled compiled = SourceReader.read(
                    job.path("source").asText(),
                    job.path("function").textValue(),
                    job.path("argumentsGiven").booleanValue());
            answer.put("main", compiled.main());
            ObjectNode classes = answer.putObject("classes");
            compiled.classes()
                    .forEach((name, bytes) ->
                            classes.put(name, Base64.getEncoder().encodeToString(bytes)));
            if (compiled.schema() != null) {
                answer.set("schema", compiled.schema());
            }
        } catch (SourceReader.Refused e) {
            answer.put("refusal", e.getMessage());
        }
        return answer;
    }

    private void call(SocketChannel connection, JsonNode job) throws IOException {
        Environment.set(environment(job));
        Call call = new Call(job, stdout, stderr);
        ThreadGroup group = new ThreadGroup("call");
        Thread thread = new Thread(group, call, "tool");
        thread.setDaemon(true);
        thread.start();
        watch(connection, group, thread);
        boolean late = false;
        try {
            late = !thread.join(
                    java.time.Duration.ofMillis((long) (job.path("seconds").asDouble() * 1000)));
        } catch (InterruptedException e) {
            late = true;
        }
        open.remove(connection);
        ObjectNode ended = ended(late ? "timeout" : call.why());
        ended.put("stdout", call.said(stdout)).put("stderr", call.said(stderr));
        String result = late ? "null" : call.result();
        if (result.length() > config.path("limits").path("result").intValue()) {
            ended.put("why", "result");
            result = "null";
        }
        boolean unwell = late || "memory".equals(call.why());
        if (unwell || left(group) || childrenLeft()) {
            retire();
        }
        answer(connection, ended, result);
        if (unwell) {
            halt(1);
        }
    }

    /** Ends everything when whoever asked hangs up while the code still runs. */
    private static void watch(SocketChannel connection, ThreadGroup group, Thread tool) {
        thread("watch", () -> {
                    try {
                        if (connection.read(ByteBuffer.allocate(1)) < 0 && tool.isAlive()) {
                            halt(1);
                        }
                    } catch (IOException e) {
                        // the answer was written and the connection closed
                    }
                })
                .start();
    }

    /** With all that it started: where there are no walls, nobody else would end that. */
    private static void halt(int status) {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(status);
    }

    /** Also those whose parent has ended: in a jail this program is their next one. */
    private static boolean childrenLeft() {
        return ProcessHandle.current().children().anyMatch(ProcessHandle::isAlive);
    }

    private static boolean left(ThreadGroup group) {
        for (int i = 0; i < LINGER_MILLIS && group.activeCount() > 0; i++) {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                return true;
            }
        }
        return group.activeCount() > 0;
    }

    private Map<String, String> environment(JsonNode job) {
        String home = config.path("home").asText();
        Map<String, String> all = new TreeMap<>(
                Map.of("HOME", home, "TMPDIR", home, "PATH", "/usr/local/bin:/usr/bin:/bin", "LANG", "C.UTF-8"));
        job.path("environment")
                .properties()
                .forEach(each -> all.put(each.getKey(), each.getValue().asText()));
        String key = job.path("clientKey").textValue();
        if (key != null) {
            all.putIfAbsent("LETTA_API_KEY", key);
            all.putIfAbsent("LETTA_BASE_URL", config.path("server").asText());
        }
        return all;
    }

    private static ObjectNode ended(@Nullable String why) {
        return Values.MAPPER
                .createObjectNode()
                .put("why", why)
                .put("status", 0)
                .put("stdout", "")
                .put("stderr", "");
    }

    private static void answer(SocketChannel connection, ObjectNode ended, String result) {
        byte[] first = ended.toString().getBytes(StandardCharsets.UTF_8);
        byte[] second = result.getBytes(StandardCharsets.UTF_8);
        ByteBuffer frames = ByteBuffer.allocate(8 + first.length + second.length)
                .putInt(first.length)
                .put(first)
                .putInt(second.length)
                .put(second)
                .flip();
        try {
            while (frames.hasRemaining()) {
                connection.write(frames);
            }
        } catch (IOException e) {
            // whoever asked has left
        }
    }

    /** Names of the class files that the jail needs, without package and ending. */
    public static Set<String> classes() {
        return new LinkedHashSet<>(java.util.List.of(
                "Call",
                "Call$Loader",
                "Compiled",
                "Environment",
                "Forwarder",
                "JavaInmate",
                "JsonTypes",
                "JsonTypes$Found",
                "Output",
                "Output$Sink",
                "OwnUser",
                "SourceReader",
                "SourceReader$Memory",
                "SourceReader$Refused",
                "SourceReader$Source",
                "SourceReader$Target",
                "Values"));
    }
}
