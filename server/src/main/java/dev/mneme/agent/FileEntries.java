package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.memory.Archive;
import dev.mneme.memory.Block;
import dev.mneme.tool.ToolRow;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What stands in an agent file besides agents: blocks, tools, groups, archives, identities (contract 10 §2). Pure. */
final class FileEntries {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT);

    private FileEntries() {}

    static ObjectNode block(Block block, String id) {
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

    static ObjectNode tool(ToolRow tool, String id) {
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

    static ObjectNode group(GroupState group, LocalIds ids) {
        ObjectNode out = Json.object().put("id", ids.of("group", group.id()));
        set(out, "agent_ids", ids.found("agent", group.agentIds()));
        out.put("description", group.description());
        ObjectNode config = out.putObject("manager_config")
                .put("manager_type", group.managerType().word());
        if (group.managerAgentId() != null) {
            config.put("manager_agent_id", ids.find("agent", group.managerAgentId()));
        }
        switch (group.managerType()) {
            case ROUND_ROBIN -> config.put("max_turns", group.maxTurns());
            case SUPERVISOR, SWARM -> {}
            case DYNAMIC ->
                config.put("termination_token", group.terminationToken()).put("max_turns", group.maxTurns());
            case SLEEPTIME -> config.put("sleeptime_agent_frequency", group.sleeptimeAgentFrequency());
            case VOICE_SLEEPTIME ->
                config.put("max_message_buffer_length", group.maxMessageBufferLength())
                        .put("min_message_buffer_length", group.minMessageBufferLength());
        }
        out.put("project_id", group.projectId());
        set(out, "shared_block_ids", ids.found("block", group.sharedBlockIds()));
        return out.put("hidden", group.hidden());
    }

    /** An archive; its passages are written behind it. */
    static ObjectNode archive(Archive archive, String id) {
        ObjectNode out =
                Json.object().put("id", id).put("name", archive.name()).put("description", archive.description());
        out.set("metadata", archive.metadata());
        out.set("embedding_config", archive.embeddingConfig() == null ? null : Json.tree(archive.embeddingConfig()));
        out.put("created_at", time(archive.createdAt())).putArray("passages");
        return out;
    }

    static ObjectNode identity(Identity identity, String id) {
        ObjectNode out = Json.object()
                .put("id", id)
                .put("identifier_key", identity.identifierKey())
                .put("name", identity.name())
                .put("identity_type", identity.identityType())
                .put("project_id", identity.projectId());
        out.set("properties", identity.properties());
        return out;
    }

    static ArrayNode sorted(List<ObjectNode> entries, String key) {
        ArrayNode out = Json.array();
        entries.stream()
                .sorted(Comparator.comparing((JsonNode entry) -> entry.get(key).asText()))
                .forEach(out::add);
        return out;
    }

    static void set(ObjectNode out, String key, List<String> values) {
        ArrayNode array = out.putArray(key);
        values.forEach(array::add);
    }

    /** As in {@code 2026-01-05T10:00:00.000000+00:00}. */
    static String time(long micros) {
        return TIME.format(Clock.instant(micros).atOffset(ZoneOffset.UTC));
    }
}
