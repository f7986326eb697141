package dev.mneme.tool.mcp;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads lines and server-sent events, bounded. Confined to one thread. */
final class EventLines {
    private final BufferedInputStream in;
    private final long most;
    private String event = "message";

    EventLines(InputStream in, long most) {
        this.in = new BufferedInputStream(in);
        this.most = most;
    }

    /** The next line without its end, null at the end of the stream. */
    @Nullable
    String line() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int c;
        while ((c = in.read()) >= 0) {
            if (c == '\n') {
                return text(out);
            }
            if (out.size() >= most) {
                throw new IOException("a message is larger than " + most + " bytes");
            }
            out.write(c);
        }
        return out.size() == 0 ? null : text(out);
    }

    private static String text(ByteArrayOutputStream out) {
        String text = out.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** The data of the next event that has some, null at the end. */
    @Nullable
    String data() throws IOException {
        StringBuilder data = new StringBuilder();
        event = "message";
        String line;
        while ((line = line()) != null) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    return data.toString();
                }
                event = "message";
            } else if (line.startsWith("data:")) {
                if (data.length() + line.length() > most) {
                    throw new IOException("a message is larger than " + most + " bytes");
                }
                data.append(data.isEmpty() ? "" : "\n").append(line.substring(5).stripLeading());
            } else if (line.startsWith("event:")) {
                event = line.substring(6).strip();
            }
        }
        return data.isEmpty() ? null : data.toString();
    }

    /** The name of the event that {@link #data} gave last. */
    String event() {
        return event;
    }
}
