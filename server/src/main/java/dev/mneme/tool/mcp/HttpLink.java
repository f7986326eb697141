package dev.mneme.tool.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Streamable HTTP: each message is a POST, answered by JSON or by a stream of events that ends with the reply. */
final class HttpLink implements Link {
    private static final String SESSION = "Mcp-Session-Id";
    /** Characters of an error page that are repeated. */
    private static final int ECHO = 300;

    private final HttpCalls calls;
    private final Runnable changed;
    private final Scope scope = new Scope("mcp-stream");
    private volatile @Nullable String session;
    private volatile @Nullable String version;

    HttpLink(HttpCalls calls, Runnable changed) {
        this.calls = calls;
        this.changed = changed;
    }

    @Override
    public JsonNode exchange(ObjectNode request, Duration patience) throws McpFailure {
        long end = System.nanoTime() + patience.toNanos();
        HttpResponse<InputStream> answer = post(request, patience);
        Incoming incoming = new Incoming(changed);
        incoming.expect(request);
        boolean read = scope.fork("reply", () -> read(answer, incoming, patience));
        if (!read) {
            HttpCalls.close(answer.body());
        }
        try {
            return incoming.await(request, Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        } finally {
            HttpCalls.close(answer.body());
        }
    }

    private HttpResponse<InputStream> post(ObjectNode message, Duration patience) throws McpFailure {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("Accept", "application/json, text/event-stream");
        String known = session;
        if (known != null) {
            headers.put(SESSION, known);
        }
        String agreed = version;
        if (agreed != null) {
            headers.put("MCP-Protocol-Version", agreed);
        }
        HttpResponse<InputStream> answer = calls.send(calls.asked(), null, headers, Json.write(message), patience);
        int status = answer.statusCode();
        if (status >= 200 && status < 300) {
            answer.headers().firstValue(SESSION).ifPresent(given -> session = given);
            return answer;
        }
        String said = calls.withoutSecrets(words(answer.body()));
        // After a restart some servers say 400 where the protocol wants 404; nothing was done either way.
        boolean forgotten =
                status == 404 || (status == 400 && said.toLowerCase(Locale.ROOT).contains("session"));
        if (forgotten && known != null) {
            session = null;
            throw new McpFailure(McpFailure.Kind.EXPIRED, "the server has forgotten the session");
        }
        throw McpFailure.status(status, said, HttpCalls.challenge(answer));
    }

    private static String words(InputStream body) {
        try (body) {
            return new String(body.readNBytes(ECHO), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            // The status says enough.
            return "";
        }
    }

    /** Reads what came until the stream ends; every fault becomes a reply, so that nobody waits for nothing. */
    private void read(HttpResponse<InputStream> answer, Incoming incoming, Duration patience) {
        try (InputStream body = answer.body()) {
            String type = answer.headers().firstValue("content-type").orElse("");
            if (type.startsWith("text/event-stream")) {
                EventLines lines = new EventLines(body, MOST_BYTES);
                String data;
                while ((data = lines.data()) != null) {
                    take(Json.parse(data), incoming, patience);
                }
                incoming.end(broken("the server ended the stream without a reply"));
                return;
            }
            byte[] all = body.readNBytes((int) MOST_BYTES + 1);
            if (all.length > MOST_BYTES) {
                incoming.end(broken("its reply is larger than " + MOST_BYTES + " bytes"));
                return;
            }
            JsonNode message = Json.parse(new String(all, StandardCharsets.UTF_8));
            if (!message.isContainerNode()) {
                incoming.end(broken("its reply is empty"));
                return;
            }
            for (JsonNode each : message.isArray() ? message : Json.array().add(message)) {
                take(each, incoming, patience);
            }
            incoming.end(broken("its reply belongs to no request"));
        } catch (JsonProcessingException e) {
            incoming.end(broken("its reply is not JSON"));
        } catch (IOException e) {
            incoming.end(broken("the connection broke before the reply: " + e.getMessage()));
        }
    }

    private static McpFailure broken(String why) {
        return new McpFailure(McpFailure.Kind.MALFORMED, why);
    }

    private void take(JsonNode message, Incoming incoming, Duration patience) {
        ObjectNode back = incoming.take(message);
        if (back != null) {
            try {
                tell(back, patience);
            } catch (McpFailure e) {
                // It asked and cannot be told: its own reply, or its silence, says the rest.
                return;
            }
        }
    }

    @Override
    public void tell(ObjectNode message, Duration patience) throws McpFailure {
        HttpCalls.close(post(message, patience).body());
    }

    @Override
    public void agreed(String protocol) {
        version = protocol;
    }

    @Override
    public boolean usable() {
        return true;
    }

    @Override
    public void close() {
        String known = session;
        if (known != null) {
            try {
                HttpCalls.close(calls.send(calls.asked(), "DELETE", Map.of(SESSION, known), null, Duration.ofSeconds(1))
                        .body());
            } catch (McpFailure e) {
                // A server that cannot be told forgets the session by itself.
                session = null;
            }
        }
        scope.close();
        calls.close();
    }
}
