package dev.mneme.tool.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;

/** A way to a server along which JSON-RPC messages go. Thread-safe. */
interface Link extends AutoCloseable {
    /** Largest reply, in bytes: a long text or a few images; more would only fill the memory. */
    long MOST_BYTES = 32L << 20;

    /** Sends a request and waits for the reply with the same id. */
    JsonNode exchange(ObjectNode request, Duration patience) throws McpFailure;

    /** Sends a message that gets no reply. */
    void tell(ObjectNode message, Duration patience) throws McpFailure;

    /** The version of the protocol that both agreed on. */
    void agreed(String version);

    /** Whether it can still be used. */
    boolean usable();

    @Override
    void close();
}
