package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads agents out of the agent file of a template (contract 10), with variables filled in. Pure. */
final class TemplateFile {
    /** Agents in one template: they are made together, in one transaction each. */
    private static final int MOST_AGENTS = 20;

    private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*([\\w.-]+)\\s*}}");

    /** Fields of an agent in a file that a new agent takes over as they are. */
    private static final List<String> TAKEN = List.of(
            "name",
            "system",
            "agent_type",
            "description",
            "metadata",
            "llm_config",
            "embedding_config",
            "compaction_settings",
            "tool_rules",
            "tags",
            "response_format",
            "timezone",
            "message_buffer_autoclear",
            "max_files_open",
            "per_file_view_window_char_limit",
            "hidden",
            "parallel_tool_calls");

    private TemplateFile() {}

    /** The file without what a template has no use for; 422 when it is no agent file. */
    static ObjectNode checked(@Nullable JsonNode file) {
        JsonNode agents = file == null ? null : file.get("agents");
        if (!(file instanceof ObjectNode object) || agents == null || !agents.isArray() || agents.isEmpty()) {
            throw Problem.unprocessable(
                    "agent_file must be an agent file as GET /v1/agents/{agent_id}/export gives it: it needs at least one agent.");
        }
        if (agents.size() > MOST_AGENTS) {
            throw Problem.unprocessable(
                    "A template holds at most " + MOST_AGENTS + " agents, not " + agents.size() + ".");
        }
        ObjectNode kept = object.deepCopy();
        kept.remove("created_at");
        for (JsonNode agent : kept.path("agents")) {
            if (!(agent instanceof ObjectNode entry)) {
                throw Problem.unprocessable("agent_file: each of agents must be an object.");
            }
            entry.putArray("messages");
            entry.putArray("in_context_message_ids");
        }
        return kept;
    }

    static List<ObjectNode> agents(JsonNode file) {
        List<ObjectNode> out = new ArrayList<>();
        file.path("agents").forEach(agent -> out.add((ObjectNode) agent));
        return out;
    }

    /** The body of a request to make this agent of the file. */
    static ObjectNode creation(JsonNode file, ObjectNode agent, Template.Wish wish, ObjectNode marks) {
        ObjectNode out = Json.object();
        TAKEN.forEach(field -> out.set(field, agent.get(field)));
        if (wish.agentName() != null) {
            out.put("name", wish.agentName());
        }
        if (wish.tags() != null) {
            ArrayNode tags = out.path("tags") instanceof ArrayNode given ? given.deepCopy() : Json.array();
            wish.tags().forEach(tags::add);
            out.set("tags", tags);
        }
        if (wish.identityIds() != null) {
            out.set("identity_ids", Json.tree(wish.identityIds()));
        }
        out.set("initial_message_sequence", wish.firstMessages());
        ObjectNode secrets = agent.path("secrets") instanceof ObjectNode names ? names.deepCopy() : Json.object();
        if (wish.toolVariables() instanceof ObjectNode values) {
            secrets.setAll(values);
        }
        out.set("secrets", secrets);
        out.put("include_base_tools", false).put("include_base_tool_rules", false);
        out.set("tools", Json.tree(tools(file, agent)));
        ArrayNode blocks = out.putArray("memory_blocks");
        for (ObjectNode block : blocks(file, agent, wish.memoryVariables())) {
            blocks.add(block.setAll(marks));
        }
        return out.setAll(marks);
    }

    /** The names of the tools of an agent in the file. */
    static List<String> tools(JsonNode file, JsonNode agent) {
        Map<String, String> names = new HashMap<>();
        file.path("tools")
                .forEach(tool ->
                        names.put(tool.path("id").asText(), tool.path("name").asText()));
        List<String> out = new ArrayList<>();
        agent.path("tool_ids").forEach(id -> out.add(names.getOrDefault(id.asText(), id.asText())));
        agent.path("tools").forEach(name -> out.add(name.asText()));
        return out;
    }

    /** The blocks of an agent in the file, variables filled in. */
    static List<ObjectNode> blocks(JsonNode file, JsonNode agent, @Nullable JsonNode variables) {
        Map<String, JsonNode> byId = new HashMap<>();
        file.path("blocks").forEach(block -> byId.put(block.path("id").asText(), block));
        List<JsonNode> found = new ArrayList<>();
        agent.path("block_ids").forEach(id -> found.add(byId.get(id.asText())));
        agent.path("memory_blocks").forEach(found::add);
        List<ObjectNode> out = new ArrayList<>();
        for (JsonNode block : found) {
            if (block instanceof ObjectNode given) {
                ObjectNode copy = given.deepCopy();
                copy.remove("id");
                copy.put("value", filled(copy.path("value").asText(""), variables));
                out.add(copy);
            }
        }
        return out;
    }

    /** The text with each {@code {{name}}} that has a value replaced by it. */
    static String filled(String text, @Nullable JsonNode variables) {
        if (variables == null) {
            return text;
        }
        return VARIABLE.matcher(text).replaceAll(found -> {
            JsonNode value = variables.get(found.group(1));
            return Matcher.quoteReplacement(value instanceof TextNode given ? given.textValue() : found.group());
        });
    }

    /** The change that brings an agent to this version; blocks and secrets apart. */
    static ObjectNode patch(ObjectNode agent, List<String> toolIds, String versionId) {
        ObjectNode out = Json.object();
        for (String field :
                List.of("system", "description", "llm_config", "embedding_config", "tool_rules", "timezone")) {
            if (agent.hasNonNull(field)) {
                out.set(field, agent.get(field));
            }
        }
        out.set("tool_ids", Json.tree(toolIds));
        return out.put("template_id", versionId);
    }

    /** The secrets that an agent keeps when it follows its template: a name of the template keeps its value. */
    static ObjectNode secrets(ObjectNode agent, List<AgentSecret> held, boolean keepOthers) {
        ObjectNode out = Json.object();
        agent.path("secrets").properties().forEach(secret -> out.put(secret.getKey(), ""));
        for (AgentSecret secret : held) {
            if (keepOthers || out.has(secret.key())) {
                out.put(secret.key(), Objects.requireNonNull(AgentSecret.MASK));
            }
        }
        return out;
    }
}
