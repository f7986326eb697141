package dev.mneme.load;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * A model that streams tokens at a steady pace, cheap enough to have hundreds of streams in one process: a virtual thread each, no JSON
 * is parsed. Each token is {@code <nanoTime>~ }: the moment it was sent, so that a reader in the same process knows how late it is.
 */
final class FakeTokens implements AutoCloseable {
    private final ServerSocket socket;
    private final int tokens;
    private final long paceNanos;

    FakeTokens(int tokens, long paceMillis) throws IOException {
        this.socket = new ServerSocket(0, 2_000, InetAddress.getLoopbackAddress());
        this.tokens = tokens;
        this.paceNanos = paceMillis * 1_000_000;
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket caller = socket.accept();
                Thread.startVirtualThread(() -> serve(caller));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket caller) {
        try (caller) {
            caller.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(caller.getInputStream());
            OutputStream out = caller.getOutputStream();
            String path = request(in);
            while (path != null) {
                if (path.contains("/chat/completions")) {
                    stream(out);
                } else {
                    String list = "{\"object\":\"list\",\"data\":[{\"id\":\"gpt-4o\",\"object\":\"model\"}]}";
                    out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + list.length()
                                    + "\r\n\r\n" + list)
                            .getBytes(StandardCharsets.UTF_8));
                }
                path = request(in);
            }
        } catch (IOException e) {
            // the server under test hung up
        }
    }

    /** Reads one request to its end and gives its first line; null at the end of the connection. */
    private static String request(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        long length = 0;
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Long.parseLong(header.substring(15).strip());
            }
        }
        in.skipNBytes(length);
        return first;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder out = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            if (c != '\r') {
                out.append((char) c);
            }
        }
        return out.toString();
    }

    private void stream(OutputStream out) throws IOException {
        out.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8));
        long begun = System.nanoTime();
        for (int i = 1; i <= tokens; i++) {
            long due = begun + i * paceNanos;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            event(out, "{\"content\":\"" + System.nanoTime() + "~ \"}", "null", "");
        }
        event(
                out,
                "{}",
                "\"stop\"",
                ",\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":" + tokens + ",\"total_tokens\":"
                        + (tokens + 10) + "}");
        chunk(out, "data: [DONE]\n\n");
        out.write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    }

    private static void event(OutputStream out, String delta, String finish, String more) throws IOException {
        chunk(
                out,
                "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-4o\",\"choices\":[{\"index\":0,\"delta\":"
                        + delta + ",\"finish_reason\":" + finish + "}]" + more + "}\n\n");
    }

    private static void chunk(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write((Integer.toHexString(bytes.length) + "\r\n" + text + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
