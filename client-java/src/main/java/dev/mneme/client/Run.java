package dev.mneme.client;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A turn as work on the server, which goes on whoever listens. Thread-safe. */
public final class Run {
    private final Http http;
    private final String id;

    Run(Http http, String id) {
        this.http = http;
        this.id = id;
    }

    public String id() {
        return id;
    }

    /** {@code created}, {@code running}, {@code completed}, {@code failed} or {@code cancelled}. */
    public String status() {
        return http.get("/v1/runs/" + Http.encoded(id)).path("status").asText();
    }

    /** Its messages after the given number (0: all of them), while it works and after. Close the stream. */
    public MessageStream follow(long after) {
        ObjectNode body = Http.JSON.createObjectNode().put("starting_after", after);
        return http.open("/v1/runs/" + Http.encoded(id) + "/stream", body);
    }

    /** Waits for its end and gives every message. */
    public Reply await() {
        ObjectNode whole = Http.JSON.createObjectNode();
        try (MessageStream stream = follow(0)) {
            for (Message message : stream) {
                // The pieces are passed over: the whole messages are fetched below.
                if (message.type().equals("stop_reason")) {
                    whole.set("stop_reason", message.json());
                } else if (message.type().equals("usage_statistics")) {
                    whole.set("usage", message.json());
                }
            }
        }
        whole.set("messages", http.get("/v1/runs/" + Http.encoded(id) + "/messages?order=asc&limit=1000"));
        return Reply.of(whole);
    }
}
