package dev.mneme.tool.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Sorts what a server sends: replies to those who wait for them, its requests to a short answer, news to the listener. Thread-safe. */
final class Incoming {
    private final Map<String, BlockingQueue<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final Runnable changed;
    /** The greatest id of a request so far. */
    private final AtomicLong newest = new AtomicLong();

    private volatile @Nullable McpFailure ended;

    /** changed: run when the server says that its tools are others now. */
    Incoming(Runnable changed) {
        this.changed = changed;
    }

    void expect(ObjectNode request) {
        newest.accumulateAndGet(request.path("id").asLong(), Math::max);
        waiting.put(request.path("id").asText(), new ArrayBlockingQueue<>(1));
    }

    /** Waits for the reply to a request that {@link #expect} was called with. */
    JsonNode await(ObjectNode request, Duration patience) throws McpFailure {
        String id = request.path("id").asText();
        BlockingQueue<JsonNode> queue = waiting.get(id);
        McpFailure gone = ended;
        if (queue == null) {
            throw new McpFailure(McpFailure.Kind.MALFORMED, "nobody waits for this reply");
        }
        if (gone != null && queue.isEmpty()) {
            waiting.remove(id);
            throw gone;
        }
        try {
            JsonNode reply = queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            McpFailure now = ended;
            if (reply == null) {
                throw new McpFailure(
                        McpFailure.Kind.TIMEOUT, "the server did not answer within " + patience.toSeconds() + " s");
            }
            if (reply.isMissingNode() && now != null) {
                throw now;
            }
            return reply;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new McpFailure(McpFailure.Kind.UNREACHABLE, "the call was cancelled", e);
        } finally {
            waiting.remove(id);
        }
    }

    /** Everybody who waits is told why nothing comes any more. */
    void end(McpFailure why) {
        ended = why;
        waiting.values().forEach(queue -> queue.offer(com.fasterxml.jackson.databind.node.MissingNode.getInstance()));
    }

    boolean over() {
        return ended != null;
    }

    private static boolean isReply(JsonNode message) {
        return message.has("result") || message.has("error");
    }

    /** Whether no request ever had this id; one that had, and is waited for no longer, has only come late. */
    private boolean isUnasked(JsonNode id) {
        long number = id.asLong(0);
        return number < 1 || number > newest.get();
    }

    /** Takes a message; what must be sent back for it, null: nothing. */
    @Nullable
    ObjectNode take(JsonNode message) {
        String method = message.path("method").textValue();
        if (method == null) {
            BlockingQueue<JsonNode> queue = waiting.get(message.path("id").asText());
            if (queue != null) {
                queue.offer(message);
            } else if (isReply(message) && isUnasked(message.path("id"))) {
                end(new McpFailure(McpFailure.Kind.MALFORMED, "its reply belongs to no request"));
            }
            return null;
        }
        if (!message.has("id")) {
            if (method.equals("notifications/tools/list_changed")) {
                changed.run();
            }
            return null;
        }
        ObjectNode reply = Json.object().put("jsonrpc", "2.0");
        reply.set("id", message.path("id"));
        if (method.equals("ping")) {
            reply.putObject("result");
        } else {
            reply.putObject("error").put("code", -32601).put("message", "this client does not offer " + method);
        }
        return reply;
    }
}
