package dev.mneme.http;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes server-sent events by hand, as the contract has them (03 §8): {@code data: <json>}, a blank line, no ids. Confined to one thread.
 *
 * <p>A client that went away shows as {@link Gone} on the next write; the work behind the stream goes on without it.
 */
final class SseWriter {
    static final String CONTENT_TYPE = "text/event-stream; charset=utf-8";

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.UTF_8);
    private static final byte[] ERROR = "event: error\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] COMMENT = ": still working\n\n".getBytes(StandardCharsets.UTF_8);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.UTF_8);
    private static final String DONE = "[DONE]";

    private final OutputStream out;

    SseWriter(OutputStream out) {
        this.out = out;
    }

    /** An unnamed event. data is one line. */
    void data(String data) {
        write(data, false);
    }

    /** The one named event that clients turn into an exception. */
    void error(String data) {
        write(data, true);
    }

    void done() {
        write(DONE, false);
    }

    /** A line that readers pass over: keeps proxies from cutting a quiet stream whose language has no pings. */
    void comment() {
        send(COMMENT);
    }

    private void send(byte[] whole) {
        try {
            out.write(whole);
            out.flush();
        } catch (IOException e) {
            throw new Gone(e);
        } catch (UncheckedIOException e) {
            throw new Gone(e);
        }
    }

    private void write(String data, boolean error) {
        try {
            // One write for each event: the server makes a chunk and a packet of every write.
            byte[] text = data.getBytes(StandardCharsets.UTF_8);
            ByteBuffer event = ByteBuffer.allocate(ERROR.length + DATA.length + text.length + END.length);
            if (error) {
                event.put(ERROR);
            }
            event.put(DATA).put(text).put(END);
            out.write(event.array(), 0, event.position());
            out.flush();
        } catch (IOException e) {
            throw new Gone(e);
        } catch (UncheckedIOException e) {
            throw new Gone(e);
        }
    }

    /** The reader went away. Not an error. */
    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1;

        Gone(Throwable cause) {
            super("the client went away", cause, false, false);
        }
    }
}
