package dev.mneme.tool.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Small JSON answers of addresses that a server named: only where the guard lets us, also after redirects. Thread-safe. */
final class OAuthCalls {
    /** Bytes of an answer: metadata and tokens have a few thousand. */
    private static final int MOST_BYTES = 256 << 10;

    private final OutboundGuard guard;
    private final Duration patience;

    /** patience: until the headers have come, and again until all has. */
    OAuthCalls(OutboundGuard guard, Duration patience) {
        this.guard = guard;
        this.patience = patience;
    }

    /** An answer; json is a missing node when there is no JSON in it. */
    record Reply(int status, JsonNode json) {
        boolean fine() {
            return status == 200 || status == 201;
        }
    }

    Reply get(String url) throws McpFailure {
        return send(url, Map.of("Accept", "application/json"), null);
    }

    Reply post(String url, Map<String, String> headers, String body) throws McpFailure {
        return send(url, headers, body);
    }

    private Reply send(String url, Map<String, String> headers, @Nullable String body) throws McpFailure {
        try (HttpCalls calls = new HttpCalls(guard, url, Map.of(), patience, null)) {
            HttpResponse<InputStream> answer = calls.send(calls.asked(), null, headers, body, patience);
            return new Reply(answer.statusCode(), json(read(answer.body())));
        }
    }

    private static JsonNode json(byte[] text) {
        try {
            return Json.parse(new String(text, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            // A page for people; the status says what there is to say.
            return MissingNode.getInstance();
        }
    }

    /** All of it, or nothing when it is too large or broke off. */
    private byte[] read(InputStream body) throws McpFailure {
        BlockingQueue<byte[]> whole = new ArrayBlockingQueue<>(1);
        try (Scope scope = new Scope("oauth")) {
            scope.fork("read", () -> {
                byte[] bytes = {};
                try (body) {
                    byte[] all = body.readNBytes(MOST_BYTES + 1);
                    bytes = all.length > MOST_BYTES ? bytes : all;
                } catch (IOException e) {
                    // What broke off is as good as nothing.
                    bytes = new byte[0];
                } finally {
                    whole.offer(bytes);
                }
            });
            byte[] read = whole.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (read == null) {
                throw new McpFailure(
                        McpFailure.Kind.TIMEOUT, "the answer was not complete within " + patience.toSeconds() + " s");
            }
            return read;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new McpFailure(McpFailure.Kind.UNREACHABLE, "the call was cancelled", e);
        } finally {
            HttpCalls.close(body);
        }
    }
}
