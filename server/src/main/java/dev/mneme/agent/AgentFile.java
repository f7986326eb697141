package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.memory.Block;
import dev.mneme.message.Message;
import dev.mneme.tool.ToolRow;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * An agent as a file, version 2 (contract 10): everything numbered within the file, values of secrets left out. Not thread-safe: one per
 * export, so that two exports never share their numbers.
 */
final class AgentFile {
    /** The database migration that the file comes from; informative only. */
    private static final String REVISION = "mneme-1";

    private static final String AGENT_ID = "agent-0";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT);

    private final AgentSnapshot agent;
    private final List<String> tags;
    private final List<String> secretKeys;
    private final ExportWish wish;

    AgentFile(AgentSnapshot agent, List<String> tags, List<String> secretKeys, ExportWish wish) {
        this.agent = agent;
        this.tags = tags;
        this.secretKeys = secretKeys;
        this.wish = wish;
    }

    /** The document. now: microseconds. */
    ObjectNode document(long now) {
        ObjectNode out = Json.object();
        out.putArray("agents").add(agent());
        out.putArray("groups");
        out.set("blocks", blocks());
        out.putArray("files");
        out.putArray("sources");
        out.set("tools", tools());
        out.putArray("mcp_servers");
        out.putArray("skills").addAll(wish.skills());
        out.putObject("metadata").put("revision_id", REVISION);
        return out.put("created_at", time(now));
    }

    private ObjectNode agent() {
        AgentState state = agent.state();
        ObjectNode out = Json.object().put("name", state.name());
        out.putArray("memory_blocks");
        out.putArray("tools");
        set(out, "tool_ids", ids("tool", agent.tools().size()));
        out.putArray("source_ids");
        out.putNull("folder_ids");
        set(out, "block_ids", ids("block", agent.blocks().size()));
        out.set("tool_rules", state.toolRules());
        set(out, "tags", tags);
        out.put("system", state.system()).put("agent_type", state.agentType());
        nulls(out, "initial_message_sequence");
        falses(
                out,
                "include_base_tools",
                "include_multi_agent_tools",
                "include_base_tool_rules",
                "include_default_source");
        out.put("description", state.description());
        out.set("metadata", state.metadata());
        out.set("llm_config", Json.tree(state.llmConfig()));
        out.set("embedding_config", state.embeddingConfig() == null ? null : Json.tree(state.embeddingConfig()));
        nulls(out, "model", "embedding", "model_settings", "compaction_settings", "context_window_limit");
        nulls(out, "embedding_chunk_size", "max_tokens", "max_reasoning_tokens");
        falses(out, "enable_reasoner");
        nulls(out, "reasoning", "from_template");
        falses(out, "template");
        nulls(out, "project");
        out.set("tool_exec_environment_variables", emptied());
        out.set("secrets", emptied());
        nulls(out, "memory_variables", "project_id", "template_id", "base_template_id", "identity_ids");
        out.put("message_buffer_autoclear", state.messageBufferAutoclear());
        falses(out, "enable_sleeptime");
        out.set("response_format", state.responseFormat());
        out.put("timezone", state.timezone())
                .put("max_files_open", state.maxFilesOpenOrDefault())
                .put("per_file_view_window_char_limit", state.perFileViewWindowCharLimitOrDefault())
                .put("hidden", state.hidden());
        nulls(out, "parallel_tool_calls");
        out.put("id", AGENT_ID);
        List<Message> messages = wish.scrubMessages() ? List.of() : agent.context();
        set(out, "in_context_message_ids", ids("message", messages.size()));
        ArrayNode rows = out.putArray("messages");
        for (int i = 0; i < messages.size(); i++) {
            rows.add(MessageEntry.of(
                    messages.get(i), "message-" + i, AGENT_ID, agent.state().timezone()));
        }
        out.putArray("files_agents");
        out.putArray("group_ids");
        return out;
    }

    private ObjectNode emptied() {
        ObjectNode out = Json.object();
        secretKeys.forEach(key -> out.put(key, ""));
        return out;
    }

    /** Numbered in attachment order, listed by label. */
    private ArrayNode blocks() {
        List<ObjectNode> out = new ArrayList<>();
        for (int i = 0; i < agent.blocks().size(); i++) {
            out.add(block(agent.blocks().get(i), "block-" + i));
        }
        return sorted(out, "label");
    }

    private static ObjectNode block(Block block, String id) {
        ObjectNode out = Json.object()
                .put("value", block.value())
                .put("limit", block.limit())
                .put("project_id", block.projectId())
                .put("template_name", block.templateName())
                .put("is_template", block.isTemplate())
                .put("template_id", block.templateId())
                .put("base_template_id", block.baseTemplateId())
                .put("deployment_id", block.deploymentId())
                .put("entity_id", block.entityId())
                .put("preserve_on_migration", block.preserveOnMigration())
                .put("label", block.label())
                .put("read_only", block.readOnly())
                .put("description", block.description());
        out.set("metadata", block.metadata());
        out.put("hidden", block.hidden());
        if (block.tags().isEmpty()) {
            out.putNull("tags");
        } else {
            set(out, "tags", block.tags());
        }
        return out.put("id", id);
    }

    /** Numbered in attachment order, listed by name. */
    private ArrayNode tools() {
        List<ObjectNode> out = new ArrayList<>();
        for (int i = 0; i < agent.tools().size(); i++) {
            out.add(tool(agent.tools().get(i), "tool-" + i));
        }
        return sorted(out, "name");
    }

    private static ObjectNode tool(ToolRow tool, String id) {
        ObjectNode out = Json.object()
                .put("id", id)
                .put("tool_type", tool.toolType())
                .put("description", tool.description())
                .put("source_type", tool.sourceType())
                .put("name", tool.name());
        set(out, "tags", tool.tags());
        out.put("source_code", tool.isBase() ? null : tool.sourceCode());
        out.set("json_schema", tool.jsonSchema());
        out.set("args_json_schema", tool.argsJsonSchema());
        out.put("return_char_limit", tool.returnCharLimit());
        out.set("pip_requirements", tool.pipRequirements());
        out.set("npm_requirements", tool.npmRequirements());
        out.put("default_requires_approval", tool.defaultRequiresApproval())
                .put("enable_parallel_execution", tool.enableParallelExecution())
                .put("created_by_id", tool.createdById())
                .put("last_updated_by_id", tool.lastUpdatedById());
        out.set("metadata_", tool.metadata());
        return out.put("project_id", tool.projectId());
    }

    private static ArrayNode sorted(List<ObjectNode> entries, String key) {
        ArrayNode out = Json.array();
        entries.stream()
                .sorted(Comparator.comparing((JsonNode entry) -> entry.get(key).asText()))
                .forEach(out::add);
        return out;
    }

    private static List<String> ids(String prefix, int count) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            out.add(prefix + "-" + i);
        }
        return out;
    }

    private static void set(ObjectNode out, String key, List<String> values) {
        ArrayNode array = out.putArray(key);
        values.forEach(array::add);
    }

    private static void nulls(ObjectNode out, String... keys) {
        for (String key : keys) {
            out.putNull(key);
        }
    }

    private static void falses(ObjectNode out, String... keys) {
        for (String key : keys) {
            out.put(key, false);
        }
    }

    /** As in {@code 2026-01-05T10:00:00.000000+00:00}. */
    static String time(long micros) {
        return TIME.format(Clock.instant(micros).atOffset(ZoneOffset.UTC));
    }
}
