package dev.mneme.client;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What a new agent shall be. Immutable: each method gives a new wish. */
public final class NewAgent {
    private final ObjectNode wish;

    private NewAgent(ObjectNode wish) {
        this.wish = wish;
    }

    public static NewAgent named(String name) {
        return new NewAgent(Http.JSON.createObjectNode().put("name", name));
    }

    /** handle: {@code openai/gpt-4o}; without it the server's default. */
    public NewAgent model(String handle) {
        return with("model", handle);
    }

    /** handle: {@code openai/text-embedding-3-small}; without it the server's default. */
    public NewAgent embedding(String handle) {
        return with("embedding", handle);
    }

    /** A block of core memory, always in the agent's sight. */
    public NewAgent block(String label, String value) {
        ObjectNode copy = wish.deepCopy();
        copy.withArray("memory_blocks").addObject().put("label", label).put("value", value);
        return new NewAgent(copy);
    }

    /** A tool of the server, by name, besides the base tools. */
    public NewAgent tool(String name) {
        ObjectNode copy = wish.deepCopy();
        copy.withArray("tools").add(name);
        return new NewAgent(copy);
    }

    /** Any other field of {@code POST /v1/agents}: text, number, boolean, list, map or null. */
    public NewAgent with(String field, Object value) {
        ObjectNode copy = wish.deepCopy();
        copy.set(field, Http.JSON.valueToTree(value));
        return new NewAgent(copy);
    }

    ObjectNode json() {
        return wish;
    }
}
