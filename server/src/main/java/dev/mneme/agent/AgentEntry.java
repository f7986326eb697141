package dev.mneme.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.file.AgentFile;
import dev.mneme.file.Folder;
import dev.mneme.memory.Block;
import dev.mneme.message.Message;
import dev.mneme.tool.ToolRow;
import java.util.List;

/** One agent in an agent file (contract 10 §3), values of secrets left out; its messages are written behind it. Pure. */
final class AgentEntry {
    private final Packed packed;
    private final LocalIds ids;
    private final ExportWish wish;

    AgentEntry(Packed packed, LocalIds ids, ExportWish wish) {
        this.packed = packed;
        this.ids = ids;
        this.wish = wish;
    }

    ObjectNode entry() {
        AgentState state = packed.snapshot().state();
        ObjectNode out = Json.object().put("name", state.name());
        out.putArray("memory_blocks");
        out.putArray("tools");
        FileEntries.set(
                out,
                "tool_ids",
                ids.all(
                        "tool",
                        packed.snapshot().tools().stream().map(ToolRow::id).toList()));
        FileEntries.set(
                out,
                "source_ids",
                ids.all("source", packed.folders().stream().map(Folder::id).toList()));
        out.putNull("folder_ids");
        FileEntries.set(
                out,
                "block_ids",
                ids.all(
                        "block",
                        packed.snapshot().blocks().stream().map(Block::id).toList()));
        out.set("tool_rules", state.toolRules());
        FileEntries.set(out, "tags", packed.tags());
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
        out.put("id", ids.of("agent", packed.id()));
        boolean scrubbed = wish.scrubMessages();
        FileEntries.set(out, "in_context_message_ids", scrubbed ? List.of() : ids.found("message", context()));
        out.putArray("messages");
        files(out.putArray("files_agents"));
        FileEntries.set(
                out,
                "group_ids",
                ids.all("group", packed.groups().stream().map(GroupState::id).toList()));
        if (wish.complete()) {
            complete(out, state);
        }
        return out;
    }

    private List<String> context() {
        return packed.snapshot().context().stream().map(Message::id).toList();
    }

    private void files(ArrayNode out) {
        for (AgentFile file : packed.files()) {
            out.addObject()
                    .put("id", file.id())
                    .put("agent_id", ids.of("agent", packed.id()))
                    .put("file_id", ids.of("file", file.fileId()))
                    .put("source_id", ids.of("source", file.folderId()))
                    .put("file_name", file.label())
                    .put("is_open", file.open())
                    .put("visible_content", file.visible())
                    .put("last_accessed_at", FileEntries.time(file.lastAccessedAt()))
                    .putNull("start_line")
                    .putNull("end_line");
        }
    }

    /** What the retired server's files had no place for. */
    private void complete(ObjectNode out, AgentState state) {
        out.set("compaction_settings", state.compactionSettings());
        FileEntries.set(
                out,
                "identity_ids",
                ids.all(
                        "identity",
                        packed.identities().stream().map(Identity::id).toList()));
        FileEntries.set(
                out,
                "archive_ids",
                packed.archive() == null
                        ? List.of()
                        : List.of(ids.of("archive", packed.archive().id())));
        ArrayNode threads = out.putArray("conversations");
        packed.conversations().forEach(thread -> threads.add(conversation(thread)));
    }

    private ObjectNode conversation(Packed.Thread thread) {
        Conversation state = thread.state();
        ObjectNode out = Json.object()
                .put("id", ids.of("conversation", state.id()))
                .put("summary", state.summary())
                .put("model", state.model());
        out.set("model_settings", state.modelSettings());
        out.put("created_at", FileEntries.time(state.createdAt()))
                .put("last_message_at", state.lastMessageAt() == null ? null : FileEntries.time(state.lastMessageAt()));
        boolean scrubbed = wish.scrubMessages();
        FileEntries.set(out, "in_context_message_ids", scrubbed ? List.of() : ids.found("message", thread.context()));
        FileEntries.set(out, "shared_message_ids", scrubbed ? List.of() : ids.found("message", thread.shared()));
        ArrayNode isolated = out.putArray("isolated_blocks");
        for (Packed.Isolated one : thread.isolated()) {
            String copy = one.copy() == null ? null : one.copy().id();
            isolated.addObject()
                    .put(
                            "shared_block_id",
                            one.sharedBlockId().equals(copy) ? null : ids.find("block", one.sharedBlockId()))
                    .put("block_id", ids.find("block", copy));
        }
        return out;
    }

    private ObjectNode emptied() {
        ObjectNode out = Json.object();
        packed.secretKeys().forEach(key -> out.put(key, ""));
        return out;
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
}
