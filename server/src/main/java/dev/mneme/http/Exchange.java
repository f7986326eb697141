package dev.mneme.http;

import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One request and the way back to whoever sent it, whatever carries both (decision 0038). Confined to the request's thread.
 *
 * <p>The answer is a status and headers first, then exactly one of {@link #send} and {@link #open}. A reader that has left shows as an
 * IOException, or an UncheckedIOException, on a write.
 */
interface Exchange {
    /** In {@link #open}: nobody knows how long it gets. */
    long UNKNOWN = -1;

    String method();

    /** The path with its escapes as they came. */
    String rawPath();

    /** What stands behind the question mark, escapes as they came; empty without one. */
    String rawQuery();

    /** The first header of that lower-case name. */
    @Nullable
    String header(String name);

    /** Whether the request comes from this machine. */
    boolean loopback();

    boolean hasBody();

    /** The unread body; only to be asked when there is one. */
    InputStream body();

    void status(int status);

    void header(String name, String value);

    /** The whole body; of no bytes: there is none. */
    void send(byte[] body);

    /** A body piece by piece. length in bytes, or {@link #UNKNOWN}. Each write and flush reaches the reader at once. */
    OutputStream open(long length);
}
