package dev.mneme.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.store.Tx;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What tools that people write may know and change of whoever calls them. Thread-safe. */
public interface Callers {
    /**
     * Who calls.
     *
     * @param projectId null: it belongs to none
     * @param environment values of the organisation's sandboxes, and of the agent's own over them; in clear, never for an answer or a log
     * @param pip packages that every tool of the organisation gets, as {@code {"name","version"}}
     * @param state the agent as {@code agent_state} shows it, null: it was not asked for
     */
    record Caller(
            @Nullable String projectId,
            Map<String, String> environment,
            List<JsonNode> pip,
            @Nullable ObjectNode state) {
        @Override
        public String toString() {
            return "Caller[" + environment.keySet() + "]";
        }
    }

    /** An agent in one of its threads. */
    Caller agent(String organizationId, String agentId, String threadId, boolean withState);

    /** Nobody but the organisation: a source that is only tried. */
    Caller organization(String organizationId);

    /**
     * Stores the edits of memory that a tool made on its {@code agent_state}.
     *
     * @param before the state that the tool was given
     * @param after as the tool left it
     * @return what stands against them, as in {@code ValueError: text}; null: all are stored
     */
    @Nullable
    String edit(Tx tx, String agentId, String threadId, JsonNode before, JsonNode after);
}
