package dev.mneme.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Storable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads request bodies: bounded, parsed, cleaned. Thread-safe. */
final class BodyReader {
    /** Largest body, in bytes: ample for an image or a large block, small enough to hold many at once. */
    static final int LIMIT = 16 << 20;
    /** How much of an over-long body is read and thrown away, in bytes, so that the client gets to read the answer. */
    private static final long DRAIN = 64L << 20;

    private static final int CHUNK = 1 << 16;

    private final int limit;

    BodyReader(int limit) {
        this.limit = limit;
    }

    /**
     * The body as a tree, a missing node when it is empty. NUL characters and halves of surrogate pairs are taken out of every text
     * (contract 04 §1, 12.1).
     */
    JsonNode json(@Nullable String contentType, InputStream in) {
        byte[] bytes = read(in);
        if (bytes.length == 0) {
            return MissingNode.getInstance();
        }
        if (contentType != null && !isJson(contentType)) {
            throw new Invalid(Invalid.Fault.of(
                    "model_attributes_type",
                    List.of("body"),
                    "Input should be a valid dictionary or object to extract fields from (send it with Content-Type: application/json)",
                    null));
        }
        try {
            JsonNode tree = Json.MAPPER
                    .reader()
                    .with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(bytes);
            return suspicious(bytes) ? Storable.of(tree) : tree;
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
            throw new Invalid(new Invalid.Fault(
                    "json_invalid",
                    List.of("body", at),
                    "JSON decode error",
                    Json.object(),
                    Map.of("error", e.getOriginalMessage())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isJson(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || (type.startsWith("application/") && type.endsWith("+json"));
    }

    byte[] read(InputStream in) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] chunk = new byte[CHUNK];
        try {
            int n;
            while ((n = in.read(chunk)) >= 0) {
                if (out.size() + n > limit) {
                    drain(in, chunk);
                    throw new Problem(
                            ProblemCode.TOO_LARGE,
                            "Request body is larger than the limit of " + limit + " bytes (" + (limit >> 20)
                                    + " MB). Send less in one request.");
                }
                out.write(chunk, 0, n);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void drain(InputStream in, byte[] chunk) throws IOException {
        long left = DRAIN;
        int n;
        while (left > 0 && (n = in.read(chunk)) >= 0) {
            left -= n;
        }
    }

    /** Whether an escape in the text could stand for a NUL or a surrogate. */
    private static boolean suspicious(byte[] bytes) {
        for (int i = 0; i + 3 < bytes.length; i++) {
            if (bytes[i] == '\\' && bytes[i + 1] == 'u') {
                byte first = bytes[i + 2];
                if (first == 'd' || first == 'D' || (first == '0' && bytes[i + 3] == '0')) {
                    return true;
                }
            }
        }
        return false;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
