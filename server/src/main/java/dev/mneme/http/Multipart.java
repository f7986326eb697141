package dev.mneme.http;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code multipart/form-data} body part by part as it arrives (RFC 7578); nothing but a window of 64 KB is held. A part's content
 * is to be read before the next part is asked for; what is left of it is passed over. Confined to its request's thread.
 */
final class Multipart {
    /** Bytes looked at once; also the longest head of a part. */
    private static final int WINDOW = 1 << 16;

    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private final InputStream in;
    private final byte[] mark;
    private final byte[] window = new byte[WINDOW];
    private int from;
    private int to;
    private boolean ended;
    private boolean last;
    private @Nullable Content open;

    private Multipart(InputStream in, String boundary) {
        this.in = in;
        this.mark = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        // The first mark has no line before it: one is put there.
        window[0] = '\r';
        window[1] = '\n';
        to = 2;
    }

    /** A part of the form. fileName: null for plain fields. contentType: null when the part says nothing. */
    record Part(
            String name,
            @Nullable String fileName,
            @Nullable String contentType,
            InputStream content) {
        /** The content of a plain field, at most so many bytes of it. */
        String text(int most) throws IOException {
            byte[] bytes = content.readNBytes(most + 1);
            if (bytes.length > most) {
                throw Problem.unprocessable("The form field " + name + " is longer than " + most + " bytes.");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** Puts the content into a file as it arrives; tooLarge: what is said when it has more bytes than most. */
        void store(Path file, long most, String tooLarge) throws IOException {
            byte[] chunk = new byte[WINDOW];
            long size = 0;
            try (OutputStream out = Files.newOutputStream(file)) {
                int n;
                while ((n = content.read(chunk)) >= 0) {
                    size += n;
                    if (size > most) {
                        throw new Problem(ProblemCode.TOO_LARGE, tooLarge);
                    }
                    out.write(chunk, 0, n);
                }
            }
        }
    }

    /** The form of a request with this Content-Type; null: it is no form. */
    static @Nullable Multipart of(@Nullable String contentType, InputStream in) {
        if (contentType == null || !contentType.strip().toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            return null;
        }
        String boundary = parameters(contentType).get("boundary");
        return boundary == null || boundary.isEmpty() ? null : new Multipart(in, boundary);
    }

    /** The next part; null after the last one. Throws INVALID_ARGUMENT when the body breaks off or is no form. */
    @Nullable
    Part next() throws IOException {
        if (last) {
            return null;
        }
        Content before = open;
        if (before == null) {
            before = new Content();
        }
        before.skipRest();
        if (!fill(2)) {
            throw broken();
        }
        if (window[from] == '-' && window[from + 1] == '-') {
            last = true;
            return null;
        }
        Map<String, String> head = head();
        Map<String, String> words = parameters(head.getOrDefault("content-disposition", ""));
        String name = words.get("name");
        if (name == null) {
            throw Problem.invalid("A part of the form has no name.");
        }
        Content content = new Content();
        open = content;
        return new Part(name, words.get("filename"), head.get("content-type"), content);
    }

    /** Reads what is left of the body, at most so many bytes, so that the client gets to read the answer. */
    void drain(long most) throws IOException {
        byte[] chunk = new byte[WINDOW];
        long left = most;
        int n;
        while (left > 0 && (n = in.read(chunk)) >= 0) {
            left -= n;
        }
    }

    private static Problem broken() {
        return Problem.invalid("The form breaks off before its end.");
    }

    /** The lines between the mark and the content. */
    private Map<String, String> head() throws IOException {
        int end;
        while ((end = find(HEAD_END, from)) < 0) {
            if (!fill(to - from + 1)) {
                throw to - from >= WINDOW - 1
                        ? Problem.invalid("The head of a part of the form is longer than " + WINDOW + " bytes.")
                        : broken();
            }
        }
        String text = new String(window, from, end - from, StandardCharsets.UTF_8);
        from = end + HEAD_END.length;
        Map<String, String> lines = new HashMap<>();
        for (String line : text.split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                lines.put(
                        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return lines;
    }

    /** Has at least so many bytes in the window; false at the end of the body or when they do not fit. */
    private boolean fill(int wanted) throws IOException {
        while (to - from < wanted) {
            if (from > 0) {
                System.arraycopy(window, from, window, 0, to - from);
                to -= from;
                from = 0;
            }
            if (to == WINDOW || ended) {
                return false;
            }
            int n = in.read(window, to, WINDOW - to);
            if (n < 0) {
                ended = true;
                return false;
            }
            to += n;
        }
        return true;
    }

    private int find(byte[] wanted, int start) {
        for (int i = start; i + wanted.length <= to; i++) {
            if (window[i] == wanted[0] && Arrays.equals(window, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }

    /** What stands behind the semicolons of a header: {@code name="a"; filename="b"}, and {@code filename*=UTF-8''b}. */
    static Map<String, String> parameters(String header) {
        Map<String, String> out = new HashMap<>();
        int at = header.indexOf(';');
        while (at >= 0 && at < header.length()) {
            int equals = header.indexOf('=', at);
            if (equals < 0) {
                break;
            }
            String key = header.substring(at + 1, equals).strip().toLowerCase(Locale.ROOT);
            StringBuilder value = new StringBuilder();
            at = value(header, equals + 1, value);
            if (key.endsWith("*")) {
                out.put(key.substring(0, key.length() - 1), extended(value.toString()));
            } else {
                out.putIfAbsent(key, value.toString());
            }
        }
        return out;
    }

    /** Reads a value, quoted or not, and says where the next semicolon is, -1 at the end. */
    private static int value(String header, int start, StringBuilder value) {
        int at = start;
        while (at < header.length() && header.charAt(at) == ' ') {
            at++;
        }
        if (at < header.length() && header.charAt(at) == '"') {
            at++;
            while (at < header.length() && header.charAt(at) != '"') {
                char c = header.charAt(at);
                boolean escape = c == '\\'
                        && at + 1 < header.length()
                        && (header.charAt(at + 1) == '"' || header.charAt(at + 1) == '\\');
                value.append(escape ? header.charAt(++at) : c);
                at++;
            }
            return header.indexOf(';', at);
        }
        int end = header.indexOf(';', at);
        value.append(header, at, end < 0 ? header.length() : end);
        String bare = value.toString().strip();
        value.setLength(0);
        value.append(bare);
        return end;
    }

    private static String extended(String value) {
        int quote = value.indexOf("''");
        if (quote < 0) {
            return value;
        }
        try {
            return java.net.URLDecoder.decode(value.substring(quote + 2).replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value.substring(quote + 2); // broken escapes are taken as they are
        }
    }

    /** The bytes up to the next mark. */
    private final class Content extends InputStream {
        private boolean over;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (over || length == 0) {
                return over ? -1 : 0;
            }
            int usable = usable();
            if (usable == 0) {
                over = true;
                from += mark.length;
                return -1;
            }
            int n = Math.min(length, usable);
            System.arraycopy(window, from, into, offset, n);
            from += n;
            return n;
        }

        /** How many bytes of the window are surely content; 0: the mark comes next. */
        private int usable() throws IOException {
            while (true) {
                int at = find(mark, from);
                if (at >= 0) {
                    return at - from;
                }
                int sure = to - from - (mark.length - 1);
                if (sure > 0) {
                    return sure;
                }
                if (!fill(mark.length)) {
                    throw broken();
                }
            }
        }

        void skipRest() throws IOException {
            while (!over) {
                skip(Long.MAX_VALUE);
                if (read() < 0) {
                    return;
                }
            }
        }
    }
}
