package dev.mneme.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** An agent on the server. Thread-safe; name is that of the moment when it was fetched. */
public final class Agent {
    /** Rounds of tools of this program in one turn; more mean that the model goes round in circles. */
    private static final int ROUNDS = 50;

    private final Http http;
    private final String id;
    private final String name;

    private Agent(Http http, String id, String name) {
        this.http = http;
        this.id = id;
        this.name = name;
    }

    static Agent of(Http http, JsonNode json) {
        return new Agent(http, json.path("id").asText(), json.path("name").asText());
    }

    public String id() {
        return id;
    }

    public String name() {
        return name;
    }

    private String path(String rest) {
        return "/v1/agents/" + Http.encoded(id) + rest;
    }

    /** Says something as the user and waits for the end of the turn. */
    public Reply send(String text) {
        return Reply.of(http.post(path("/messages"), user(text)));
    }

    /** The same, with tools that this program runs itself, as often as the agent calls them. Throws what {@link Tools} cannot turn into an answer. */
    public Reply send(String text, Tools tools) {
        ObjectNode body = user(text);
        List<Message> all = new ArrayList<>();
        long prompt = 0;
        long completion = 0;
        for (int round = 0; round < ROUNDS; round++) {
            body.set("client_tools", tools.specs());
            Reply reply = Reply.of(http.post(path("/messages"), body));
            all.addAll(reply.messages());
            prompt += reply.promptTokens();
            completion += reply.completionTokens();
            List<Message.Call> mine = reply.waiting().stream()
                    .filter(call -> tools.has(call.name()))
                    .toList();
            if (mine.isEmpty() || mine.size() < reply.waiting().size()) {
                // The end, or calls among them that wait for a person.
                return new Reply(List.copyOf(all), reply.stopReason(), prompt, completion);
            }
            body = Http.JSON.createObjectNode();
            ArrayNode answers = body.putArray("messages")
                    .addObject()
                    .put("type", "approval")
                    .putArray("approvals");
            mine.forEach(call -> answers.add(tools.answer(call)));
        }
        throw new MnemeException(
                0, "The agent called tools of this program in more than " + ROUNDS + " rounds of one turn.");
    }

    /** Says something and reads the answer token by token. Close the stream. */
    public MessageStream stream(String text) {
        return http.open(path("/messages/stream"), user(text).put("stream_tokens", true));
    }

    /** Says something and leaves: the turn goes on without this program. */
    public Run start(String text) {
        ObjectNode body = user(text).put("stream_tokens", true).put("background", true);
        try (MessageStream stream = http.open(path("/messages/stream"), body)) {
            for (Message message : stream) {
                if (!message.runId().isEmpty()) {
                    return new Run(http, message.runId());
                }
            }
        }
        throw new MnemeException(0, "The server named no run.");
    }

    private static ObjectNode user(String text) {
        ObjectNode body = Http.JSON.createObjectNode();
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        return body;
    }

    /** The newest messages, oldest of them first; limit: 1 to 1000. */
    public List<Message> messages(int limit) {
        List<Message> found = new ArrayList<>();
        http.get(path("/messages?order=desc&limit=" + limit)).forEach(message -> found.add(Message.of(message)));
        return List.copyOf(found);
    }

    /** The text of a block of core memory. */
    public String block(String label) {
        return http.get(path("/core-memory/blocks/" + Http.encoded(label)))
                .path("value")
                .asText();
    }

    public void setBlock(String label, String value) {
        http.patch(
                path("/core-memory/blocks/" + Http.encoded(label)),
                Http.JSON.createObjectNode().put("value", value));
    }

    /** Puts a text into archival memory. */
    public void remember(String text, String... tags) {
        ObjectNode body = Http.JSON.createObjectNode().put("text", text);
        for (String tag : tags) {
            body.withArray("tags").add(tag);
        }
        http.post(path("/archival-memory"), body);
    }

    /** The passages of archival memory that fit best, best first. */
    public List<String> search(String query, int limit) {
        List<String> found = new ArrayList<>();
        http.get(path("/archival-memory/search?query=" + Http.encoded(query) + "&top_k=" + limit))
                .path("results")
                .forEach(passage -> found.add(passage.path("content").asText()));
        return List.copyOf(found);
    }

    /** Brings a folder's files within the agent's reach. */
    public void attach(Folder folder) {
        http.patch(path("/folders/attach/" + Http.encoded(folder.id())), Http.JSON.createObjectNode());
    }

    public void detach(Folder folder) {
        http.patch(path("/folders/detach/" + Http.encoded(folder.id())), Http.JSON.createObjectNode());
    }

    public void delete() {
        http.delete(path(""));
    }
}
