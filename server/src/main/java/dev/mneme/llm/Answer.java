package dev.mneme.llm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A provider's answer whose beginning has arrived. Read either whole or line by line, by one thread; closing it drops the connection. */
public final class Answer implements AutoCloseable {
    /** Bytes; no honest answer is longer, and a dishonest one must not fill the memory. */
    private static final int LONGEST = 64 << 20;

    private final Endpoint endpoint;
    private final int status;
    private final Map<String, String> headers;
    private final BodyPipe body;
    private final Runnable onClose;
    private @Nullable ByteBuffer rest;
    private boolean closed;

    Answer(Endpoint endpoint, int status, Map<String, String> headers, BodyPipe body, Runnable onClose) {
        this.endpoint = endpoint;
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.onClose = onClose;
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    int status() {
        return status;
    }

    /** A header by its name in lower case; empty: it was not sent. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** Whether the body says that it is one JSON document. */
    public boolean isJson() {
        return header("content-type").startsWith("application/json");
    }

    /** The whole body, at the latest after the provider's request timeout. */
    public String text() {
        return text(endpoint.requestTimeout());
    }

    String text(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (true) {
            long left = patience.isZero() ? 0 : Math.max(1, end - System.nanoTime());
            ByteBuffer buffer = bytes(left, patience);
            if (buffer == null) {
                return out.toString(StandardCharsets.UTF_8);
            }
            copy(buffer, buffer.remaining(), out);
        }
    }

    /** The next line without its end; null when the body has ended. Waits at most the provider's stream timeout for each piece. */
    public @Nullable String line() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (true) {
            ByteBuffer buffer = rest != null && rest.hasRemaining()
                    ? rest
                    : bytes(endpoint.streamTimeout().toNanos(), endpoint.streamTimeout());
            rest = buffer;
            if (buffer == null) {
                return out.size() == 0 ? null : out.toString(StandardCharsets.UTF_8);
            }
            int end = buffer.position();
            while (end < buffer.limit() && buffer.get(end) != '\n') {
                end++;
            }
            boolean whole = end < buffer.limit();
            copy(buffer, end - buffer.position(), out);
            if (whole) {
                buffer.get();
                String line = out.toString(StandardCharsets.UTF_8);
                return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            }
        }
    }

    /** Exactly this many bytes; null when the body has ended before them, fewer when it ends among them. Waits like {@link #line}. */
    public byte @Nullable [] bytes(int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length);
        while (out.size() < length) {
            ByteBuffer buffer = rest != null && rest.hasRemaining()
                    ? rest
                    : bytes(endpoint.streamTimeout().toNanos(), endpoint.streamTimeout());
            rest = buffer;
            if (buffer == null) {
                return out.size() == 0 ? null : out.toByteArray();
            }
            copy(buffer, Math.min(buffer.remaining(), length - out.size()), out);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            body.cancel();
            onClose.run();
        }
    }

    private void copy(ByteBuffer from, int length, ByteArrayOutputStream out) {
        if (out.size() + length > LONGEST) {
            throw Failures.garbage(endpoint, "more than " + (LONGEST >> 20) + " MB");
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        out.writeBytes(bytes);
    }

    private @Nullable ByteBuffer bytes(long nanos, Duration patience) {
        try {
            return body.next(nanos);
        } catch (IOException e) {
            throw Failures.cut(endpoint, e);
        } catch (TimeoutException e) {
            throw Failures.timeout(endpoint, patience);
        } catch (InterruptedException e) {
            throw Failures.interrupted(endpoint, e);
        }
    }
}
