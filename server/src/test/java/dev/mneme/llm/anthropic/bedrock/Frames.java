package dev.mneme.llm.anthropic.bedrock;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** Writes AWS's frames, for recordings of its streams. */
public final class Frames {
    private Frames() {}

    /** Events, one JSON a line, as Bedrock streams them; a line that begins with {@code !name} is an exception of that name. */
    public static byte[] of(byte[] lines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String line : new String(lines, StandardCharsets.UTF_8).split("\n")) {
            if (line.startsWith("!")) {
                int space = line.indexOf(' ');
                out.writeBytes(frame(
                        Map.of(":message-type", "exception", ":exception-type", line.substring(1, space)),
                        line.substring(space + 1)));
            } else if (!line.isBlank()) {
                ObjectNode payload = Json.object()
                        .put("bytes", Base64.getEncoder().encodeToString(line.getBytes(StandardCharsets.UTF_8)))
                        .put("p", "abcdefgh");
                out.writeBytes(frame(
                        Map.of(":message-type", "event", ":event-type", "chunk", ":content-type", "application/json"),
                        payload.toString()));
            }
        }
        return out.toByteArray();
    }

    static byte[] frame(Map<String, String> headers, String payload) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        new TreeMap<>(headers).forEach((name, value) -> {
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            head.write(name.length());
            head.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
            head.write(7);
            head.write(text.length >> 8);
            head.write(text.length);
            head.writeBytes(text);
        });
        byte[] body = payload.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(16 + head.size() + body.length);
        out.putInt(out.capacity()).putInt(head.size());
        out.putInt(crc(out.array(), 8)).put(head.toByteArray()).put(body);
        out.putInt(crc(out.array(), out.capacity() - 4));
        return out.array();
    }

    private static int crc(byte[] bytes, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
