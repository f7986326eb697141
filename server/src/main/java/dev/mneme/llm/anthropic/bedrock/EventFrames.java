package dev.mneme.llm.anthropic.bedrock;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Reads AWS's binary event stream ({@code application/vnd.amazon.eventstream}): a prelude of two lengths and a checksum, headers, payload,
 * checksum. One thread.
 */
final class EventFrames {
    /** Bytes of the prelude (12) and the last checksum (4). */
    private static final int OVERHEAD = 16;

    /** Bytes; AWS's own limit of a message is 24 MB. */
    private static final int LONGEST = 24 << 20;

    /** One message: its headers whose values are text, and its payload. */
    record Frame(Map<String, String> headers, String payload) {}

    /** Something that is no frame. */
    static final class BadFrame extends Exception {
        private static final long serialVersionUID = 1;

        BadFrame(String why) {
            super(why);
        }
    }

    /** Where bytes come from: exactly as many as asked for, null at an end in order, fewer at any other end. */
    @FunctionalInterface
    interface Source {
        byte @Nullable [] read(int length);
    }

    private final Source source;

    EventFrames(Source source) {
        this.source = source;
    }

    /** The next frame; null when the stream has ended. */
    @Nullable
    Frame next() throws BadFrame {
        byte[] prelude = source.read(12);
        if (prelude == null) {
            return null;
        }
        if (prelude.length < 12) {
            return null; // cut; whoever reads sees that no end came
        }
        ByteBuffer head = ByteBuffer.wrap(prelude);
        int total = head.getInt();
        int headersLength = head.getInt();
        if (head.getInt() != crc(prelude, 8)) {
            throw new BadFrame("a frame with a wrong checksum");
        }
        if (total < OVERHEAD || total > LONGEST || headersLength < 0 || headersLength > total - OVERHEAD) {
            throw new BadFrame("a frame of " + total + " bytes");
        }
        byte[] rest = source.read(total - 12);
        if (rest == null || rest.length < total - 12) {
            return null;
        }
        byte[] whole = new byte[total - 4];
        System.arraycopy(prelude, 0, whole, 0, 12);
        System.arraycopy(rest, 0, whole, 12, rest.length - 4);
        if (ByteBuffer.wrap(rest, rest.length - 4, 4).getInt() != crc(whole, whole.length)) {
            throw new BadFrame("a frame with a wrong checksum");
        }
        Map<String, String> headers = headers(ByteBuffer.wrap(rest, 0, headersLength));
        return new Frame(
                headers, new String(rest, headersLength, rest.length - 4 - headersLength, StandardCharsets.UTF_8));
    }

    private static Map<String, String> headers(ByteBuffer bytes) throws BadFrame {
        Map<String, String> out = new LinkedHashMap<>();
        try {
            while (bytes.hasRemaining()) {
                String name = text(bytes, bytes.get() & 0xff);
                int type = bytes.get();
                switch (type) {
                    case 0, 1 -> out.put(name, String.valueOf(type == 0));
                    case 2 -> skip(bytes, 1);
                    case 3 -> skip(bytes, 2);
                    case 4 -> skip(bytes, 4);
                    case 5, 8 -> skip(bytes, 8);
                    case 6 -> skip(bytes, bytes.getShort() & 0xffff);
                    case 7 -> out.put(name, text(bytes, bytes.getShort() & 0xffff));
                    case 9 -> skip(bytes, 16);
                    default -> throw new BadFrame("a header of type " + type);
                }
            }
        } catch (java.nio.BufferUnderflowException | IllegalArgumentException e) {
            throw new BadFrame("headers that end too early");
        }
        return out;
    }

    private static void skip(ByteBuffer bytes, int length) {
        bytes.position(bytes.position() + length);
    }

    private static String text(ByteBuffer bytes, int length) {
        byte[] out = new byte[length];
        bytes.get(out);
        return new String(out, StandardCharsets.UTF_8);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
