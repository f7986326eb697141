package dev.mneme.tool.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A program of this machine that is spoken to over its standard input and output, a line for each message. */
final class StdioLink implements Link {
    /** What a program needs to find its own parts; nothing else of our environment is handed on. */
    private static final List<String> INHERITED = List.of("PATH", "HOME", "LANG", "TMPDIR", "USER");
    /** Characters of its complaints that are kept. */
    private static final int MOST_WORDS = 500;

    private final Incoming incoming;
    private final Runnable closed;
    private final AtomicBoolean over = new AtomicBoolean();
    private final Process process;
    private final OutputStream out;
    private final Scope scope = new Scope("mcp-stdio");
    private final StringBuffer complaints = new StringBuffer();

    /** closed: run once, when it is closed. */
    StdioLink(McpConfig config, Map<String, String> environment, Incoming incoming, Runnable closed) throws McpFailure {
        this.incoming = incoming;
        this.closed = closed;
        List<String> words = new ArrayList<>();
        words.add(config.command() == null ? "" : config.command());
        words.addAll(config.args() == null ? List.of() : config.args());
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().retainAll(INHERITED);
        if (config.env() != null) {
            config.env()
                    .forEach((name, value) -> builder.environment().put(name, McpConfig.filled(value, environment)));
        }
        try {
            this.process = builder.start();
        } catch (IOException | IllegalArgumentException e) {
            throw new McpFailure(McpFailure.Kind.UNREACHABLE, "its command cannot be started: " + e.getMessage(), e);
        }
        this.out = process.getOutputStream();
        scope.fork("out", this::read);
        scope.fork("err", this::listen);
    }

    private void read() {
        try {
            EventLines lines = new EventLines(process.getInputStream(), MOST_BYTES);
            String line;
            while ((line = lines.line()) != null) {
                if (line.isBlank()) {
                    continue;
                }
                try {
                    ObjectNode back = incoming.take(Json.parse(line));
                    if (back != null) {
                        tell(back, Duration.ofSeconds(5));
                    }
                } catch (JsonProcessingException e) {
                    // Programs print greetings where only messages belong; the reply comes on a line of its own.
                    complain(line);
                }
            }
        } catch (IOException | McpFailure e) {
            complain(String.valueOf(e.getMessage()));
        }
        incoming.end(new McpFailure(
                McpFailure.Kind.UNREACHABLE,
                "its command has ended" + (complaints.isEmpty() ? "" : ": " + complaints)));
        kill();
    }

    private void listen() {
        try {
            EventLines lines = new EventLines(process.getErrorStream(), MOST_BYTES);
            String line;
            while ((line = lines.line()) != null) {
                complain(line);
            }
        } catch (IOException e) {
            // It has ended; the reader of its output says so.
            return;
        }
    }

    private void complain(String line) {
        if (complaints.length() < MOST_WORDS) {
            complaints
                    .append(complaints.isEmpty() ? "" : " ")
                    .append(line, 0, Math.min(line.length(), MOST_WORDS - complaints.length()));
        }
    }

    @Override
    public JsonNode exchange(ObjectNode request, Duration patience) throws McpFailure {
        incoming.expect(request);
        tell(request, patience);
        return incoming.await(request, patience);
    }

    /** A program that takes no more input, with its pipe full, would hold the writer for ever: it is ended when the patience is over. */
    @Override
    public void tell(ObjectNode message, Duration patience) throws McpFailure {
        CountDownLatch written = new CountDownLatch(1);
        scope.fork("patience", () -> endUnless(written, patience));
        try {
            synchronized (out) {
                out.write((Json.write(message) + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException e) {
            // It has not got the whole message, so nothing was done.
            throw new McpFailure(
                    McpFailure.Kind.EXPIRED,
                    "its command has ended" + (complaints.isEmpty() ? "" : ": " + complaints),
                    e);
        } finally {
            written.countDown();
        }
    }

    private void endUnless(CountDownLatch written, Duration patience) {
        try {
            if (!written.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                String why = "it took no input for " + patience.toSeconds() + " s";
                complain(why);
                incoming.end(new McpFailure(McpFailure.Kind.TIMEOUT, why));
                kill();
            }
        } catch (InterruptedException e) {
            // The link is being closed, which ends the program too.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void agreed(String version) {
        // This transport has no place for it.
    }

    @Override
    public boolean usable() {
        return process.isAlive() && !incoming.over();
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
        scope.close();
        if (over.compareAndSet(false, true)) {
            closed.run();
        }
    }
}
