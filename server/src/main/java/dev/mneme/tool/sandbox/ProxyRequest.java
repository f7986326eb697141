package dev.mneme.tool.sandbox;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request to a proxy, read strictly: what two parsers could understand differently is refused.
 *
 * @param method CONNECT asks for a tunnel
 * @param uri where to; of a tunnel an https address without path
 * @param fields the header lines that are handed on
 * @param bearer what follows {@code Authorization: Bearer}, or null
 * @param rest what came after the head
 */
record ProxyRequest(
        String method,
        URI uri,
        List<String> fields,
        @Nullable String bearer,
        ByteBuffer rest) {
    /** A request that cannot be handed on. */
    static final class Unclear extends Exception {
        private static final long serialVersionUID = 1;

        Unclear(String why) {
            super(why, null, false, false);
        }
    }

    /** All header lines together. */
    private static final int LONGEST_HEAD = 64 << 10;

    private static final Pattern FIRST_LINE = Pattern.compile("([A-Z]{1,20}) (\\S+) HTTP/1\\.[01]");
    private static final Pattern FIELD = Pattern.compile("([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \\t]*(.*)");
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+):(\\d{1,5})");
    private static final String BEARER = "bearer ";
    /** About one connection only, or ours to say. */
    private static final Set<String> DROPPED = Set.of(
            "host",
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authorization",
            "upgrade",
            "te",
            "forwarded",
            "via",
            "x-forwarded-for");

    boolean tunnel() {
        return method.equals("CONNECT");
    }

    String host() {
        return String.valueOf(uri.getHost());
    }

    /** Reads up to the empty line and a little over. */
    static ProxyRequest read(ReadableByteChannel channel) throws IOException, Unclear {
        ByteBuffer buffer = ByteBuffer.allocate(LONGEST_HEAD);
        int end = -1;
        while (end < 0) {
            if (!buffer.hasRemaining()) {
                throw new Unclear("The header is too long");
            }
            int from = Math.max(0, buffer.position() - 3);
            if (channel.read(buffer) < 0) {
                throw new EOFException("hung up");
            }
            end = end(buffer, from);
        }
        String head = new String(buffer.array(), 0, end, StandardCharsets.ISO_8859_1);
        buffer.flip().position(end + 4);
        return parse(head, buffer);
    }

    /** Where the empty line begins, or -1. */
    private static int end(ByteBuffer buffer, int from) {
        for (int i = from; i + 3 < buffer.position(); i++) {
            if (buffer.get(i) == '\r'
                    && buffer.get(i + 1) == '\n'
                    && buffer.get(i + 2) == '\r'
                    && buffer.get(i + 3) == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static ProxyRequest parse(String head, ByteBuffer rest) throws Unclear {
        String[] lines = head.split("\r\n", -1);
        var first = FIRST_LINE.matcher(lines[0]);
        if (!first.matches()) {
            throw new Unclear("This is no request to a proxy");
        }
        List<String> fields = new ArrayList<>();
        String bearer = null;
        for (int i = 1; i < lines.length; i++) {
            var field = FIELD.matcher(lines[i]);
            if (!field.matches() || lines[i].indexOf('\r') >= 0 || lines[i].indexOf('\n') >= 0) {
                throw new Unclear("A header line is broken");
            }
            String name = field.group(1).toLowerCase(Locale.ROOT);
            if (name.equals("authorization")
                    && field.group(2).toLowerCase(Locale.ROOT).startsWith(BEARER)) {
                bearer = field.group(2).substring(BEARER.length()).strip();
            }
            if (!DROPPED.contains(name)) {
                fields.add(lines[i]);
            }
        }
        return new ProxyRequest(first.group(1), uri(first.group(1), first.group(2)), fields, bearer, rest);
    }

    private static URI uri(String method, String target) throws Unclear {
        try {
            if (method.equals("CONNECT")) {
                if (!AUTHORITY.matcher(target).matches()) {
                    throw new Unclear("CONNECT wants host:port");
                }
                return new URI("https://" + target);
            }
            URI uri = new URI(target);
            if (!"http".equalsIgnoreCase(uri.getScheme()) || uri.getHost() == null) {
                throw new Unclear("A proxy wants a whole http address, or CONNECT");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new Unclear("The address is broken");
        }
    }

    /** The head for the server that is called; marked: as come through a proxy. The connection ends with the answer. */
    ByteBuffer head(boolean marked) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        StringBuilder out = new StringBuilder(method)
                .append(' ')
                .append(path)
                .append(uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
                .append(" HTTP/1.1\r\nHost: ")
                .append(uri.getHost())
                .append(uri.getPort() < 0 ? "" : ":" + uri.getPort())
                .append("\r\nConnection: close\r\n");
        if (marked) {
            out.append("X-Forwarded-For: sandbox\r\n");
        }
        fields.forEach(field -> out.append(field).append("\r\n"));
        return ByteBuffer.wrap(out.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
