package dev.mneme.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One agent, seen through the API.
 *
 * @param model the handle it runs on
 */
record AgentClient(ApiClient api, String id, String name, String model) {
    /** The newest agent of that name, or null. */
    static @Nullable AgentClient named(ApiClient api, String name) {
        JsonNode found = api.get("/v1/agents/?limit=1&name=" + URLEncoder.encode(name, StandardCharsets.UTF_8));
        return found.isEmpty() ? null : of(api, found.get(0));
    }

    /** The agent of that id, or the newest of that name. Throws 404 with what to do. */
    static AgentClient wanted(ApiClient api, String nameOrId) {
        AgentClient agent =
                nameOrId.startsWith("agent-") ? of(api, api.get("/v1/agents/" + nameOrId)) : named(api, nameOrId);
        if (agent == null) {
            throw new ApiRefused(
                    404, "There is no agent " + nameOrId + ": ./mneme agents lists those there are.", null);
        }
        return agent;
    }

    /** The newest agent of all, or null. */
    static @Nullable AgentClient newest(ApiClient api) {
        JsonNode found = api.get("/v1/agents/?limit=1");
        return found.isEmpty() ? null : of(api, found.get(0));
    }

    static AgentClient of(ApiClient api, JsonNode agent) {
        return new AgentClient(
                api,
                agent.path("id").asText(),
                agent.path("name").asText(),
                agent.path("model")
                        .asText(agent.path("llm_config").path("handle").asText("")));
    }

    /** Core memory, label to value. */
    Map<String, String> memory() {
        Map<String, String> blocks = new LinkedHashMap<>();
        for (JsonNode block : api.get("/v1/agents/" + id + "/core-memory/blocks")) {
            blocks.put(block.path("label").asText(), block.path("value").asText());
        }
        return blocks;
    }

    /** Says something and shows the turn as it goes. */
    void say(String text, Transcript transcript) {
        ObjectNode body = Json.object();
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        body.put("stream_tokens", true);
        api.stream("/v1/agents/" + id + "/messages/stream", body, transcript::accept);
        transcript.end();
    }
}
