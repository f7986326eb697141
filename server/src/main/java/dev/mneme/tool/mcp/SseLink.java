package dev.mneme.tool.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** The older transport: one long stream of events brings all messages, an address that it names takes them. */
final class SseLink implements Link {
    private final HttpCalls calls;
    private final Incoming incoming;
    private final Scope scope = new Scope("mcp-sse");
    private final InputStream stream;
    private final URI endpoint;

    /** Connects and waits for the address to send to. */
    SseLink(HttpCalls calls, Incoming incoming, Duration patience) throws McpFailure {
        this.calls = calls;
        this.incoming = incoming;
        HttpResponse<InputStream> answer =
                calls.send(calls.asked(), null, Map.of("Accept", "text/event-stream"), null, patience);
        this.stream = answer.body();
        if (answer.statusCode() != 200) {
            close();
            throw McpFailure.status(answer.statusCode(), "", HttpCalls.challenge(answer));
        }
        BlockingQueue<String> address = new ArrayBlockingQueue<>(1);
        scope.fork("events", () -> read(address));
        try {
            String named = address.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (named == null || named.isEmpty()) {
                throw new McpFailure(
                        named == null ? McpFailure.Kind.TIMEOUT : McpFailure.Kind.MALFORMED,
                        "the server did not say where messages go");
            }
            this.endpoint = calls.inside(named);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new McpFailure(McpFailure.Kind.UNREACHABLE, "the call was cancelled", e);
        } catch (McpFailure e) {
            close();
            throw e;
        }
    }

    private void read(BlockingQueue<String> address) {
        try {
            EventLines lines = new EventLines(stream, MOST_BYTES);
            String data;
            while ((data = lines.data()) != null) {
                if (lines.event().equals("endpoint")) {
                    address.offer(data.strip());
                } else {
                    ObjectNode back = incoming.take(Json.parse(data));
                    if (back != null) {
                        tell(back, Duration.ofSeconds(5));
                    }
                }
            }
            incoming.end(new McpFailure(McpFailure.Kind.UNREACHABLE, "the server ended the connection"));
        } catch (JsonProcessingException e) {
            incoming.end(new McpFailure(McpFailure.Kind.MALFORMED, "its reply is not JSON", e));
        } catch (IOException e) {
            incoming.end(new McpFailure(McpFailure.Kind.UNREACHABLE, "the connection broke: " + e.getMessage(), e));
        } catch (McpFailure e) {
            incoming.end(e);
        } finally {
            address.offer("");
        }
    }

    @Override
    public JsonNode exchange(ObjectNode request, Duration patience) throws McpFailure {
        incoming.expect(request);
        tell(request, patience);
        return incoming.await(request, patience);
    }

    @Override
    public void tell(ObjectNode message, Duration patience) throws McpFailure {
        HttpResponse<InputStream> answer =
                calls.send(endpoint, null, Map.of("Content-Type", "application/json"), Json.write(message), patience);
        HttpCalls.close(answer.body());
        if (answer.statusCode() >= 300) {
            throw McpFailure.status(answer.statusCode(), "", HttpCalls.challenge(answer));
        }
    }

    @Override
    public void agreed(String version) {
        // This transport has no place for it.
    }

    @Override
    public boolean usable() {
        return !incoming.over();
    }

    @Override
    public void close() {
        HttpCalls.close(stream);
        calls.close();
        scope.close();
    }
}
