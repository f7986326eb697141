package dev.mneme.agent;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.file.Folder;
import dev.mneme.file.FolderEntries;
import dev.mneme.memory.Archive;
import dev.mneme.memory.ArchiveRows;
import dev.mneme.memory.Block;
import dev.mneme.memory.Vectors;
import dev.mneme.message.Message;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Writes one agent file, version 2 (contract 10): everything numbered within the file, values of secrets left out. Messages, passages and
 * texts of files are read and written some at a time, so that a long life needs little memory. Confined to one transaction, used once.
 */
final class Exports {
    /** The database migration that the file comes from; informative only. */
    private static final String REVISION = "mneme-1";

    /** Rows read at once. */
    private static final int AT_ONCE = 500;

    private final Tx tx;
    private final Packing.Shelves shelves;
    private final ExportWish wish;
    private final Packing packing;
    private final LocalIds ids = new LocalIds();
    private final List<Packed> agents;
    private final List<String> files = new ArrayList<>();
    private final List<Archive> archives;

    Exports(Tx tx, Packing.Shelves shelves, ExportWish wish, AgentState first, String threadId) {
        this.tx = tx;
        this.shelves = shelves;
        this.wish = wish;
        this.packing = new Packing(tx, shelves, wish);
        this.agents = packing.pack(first, threadId);
        this.archives = Packing.once(
                agents, agent -> agent.archive() == null ? List.of() : List.of(agent.archive()), Archive::id);
    }

    /** The whole file as a tree, for a few messages. now: microseconds. */
    ObjectNode tree(long now) {
        ObjectNode out = document(now);
        for (int i = 0; i < agents.size(); i++) {
            ArrayNode rows = (ArrayNode) out.path("agents").get(i).path("messages");
            try {
                messages(agents.get(i), rows::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e); // a tree takes everything
            }
        }
        return out;
    }

    /** Writes the whole file. */
    void write(JsonGenerator out, long now) throws IOException {
        out.writeStartObject();
        for (Map.Entry<String, JsonNode> part : document(now).properties()) {
            out.writeFieldName(part.getKey());
            switch (part.getKey()) {
                case "agents" -> each(out, part.getValue(), "messages", (at, sink) -> messages(agents.get(at), sink));
                case "archives" ->
                    each(out, part.getValue(), "passages", (at, sink) -> passages(archives.get(at), sink));
                case "files" -> contents(out, part.getValue());
                default -> out.writeTree(part.getValue());
            }
        }
        out.writeEndObject();
    }

    /** Gets the entries of a list, one by one. */
    private interface Sink {
        void take(ObjectNode entry) throws IOException;
    }

    private interface Rows {
        void to(int at, Sink sink) throws IOException;
    }

    private static void each(JsonGenerator out, JsonNode entries, String list, Rows rows) throws IOException {
        out.writeStartArray();
        for (int i = 0; i < entries.size(); i++) {
            out.writeStartObject();
            for (Map.Entry<String, JsonNode> field : entries.get(i).properties()) {
                out.writeFieldName(field.getKey());
                if (field.getKey().equals(list)) {
                    out.writeStartArray();
                    rows.to(i, out::writeTree);
                    out.writeEndArray();
                } else {
                    out.writeTree(field.getValue());
                }
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void contents(JsonGenerator out, JsonNode entries) throws IOException {
        out.writeStartArray();
        for (int i = 0; i < entries.size(); i++) {
            ObjectNode entry = (ObjectNode) entries.get(i);
            out.writeTree(entry.put("content", FolderEntries.content(tx, files.get(i))));
        }
        out.writeEndArray();
    }

    /** All but messages, passages and the texts of files. */
    private ObjectNode document(long now) {
        agents.forEach(agent -> ids.of("agent", agent.id()));
        agents.forEach(agent -> ids.all("message", agent.messageIds()));
        ObjectNode out = Json.object();
        List<ObjectNode> blocks = blocks();
        ArrayNode entries = out.putArray("agents");
        ArrayNode groups = out.putArray("groups");
        agents.forEach(agent -> entries.add(new AgentEntry(agent, ids, wish).entry()));
        Packing.once(agents, Packed::groups, GroupState::id)
                .forEach(group -> groups.add(FileEntries.group(group, ids)));
        out.set("blocks", FileEntries.sorted(blocks, "label"));
        folders(out);
        List<ToolRow> tools = Packing.once(agents, agent -> agent.snapshot().tools(), ToolRow::id);
        out.set(
                "tools",
                FileEntries.sorted(
                        tools.stream()
                                .map(tool -> FileEntries.tool(tool, ids.of("tool", tool.id())))
                                .toList(),
                        "name"));
        ArrayNode servers = out.putArray("mcp_servers");
        packing.servers(tools)
                .forEach(server -> servers.add(Json.object()
                        .put("id", ids.of("mcp_server", server.id()))
                        .setAll(server.entry())));
        out.putArray("skills").addAll(wish.skills());
        if (wish.complete()) {
            complete(out);
        }
        out.putObject("metadata").put("revision_id", REVISION);
        return out.put("created_at", FileEntries.time(now));
    }

    /** Those of agents first, as they number them; then those of groups, then private copies of conversations. */
    private List<ObjectNode> blocks() {
        Map<String, Block> found = new LinkedHashMap<>();
        agents.forEach(agent -> agent.snapshot().blocks().forEach(block -> found.putIfAbsent(block.id(), block)));
        for (GroupState group : Packing.once(agents, Packed::groups, GroupState::id)) {
            for (String id : group.sharedBlockIds()) {
                Block block = found.containsKey(id) ? null : shelves.blocks().find(tx, id);
                if (block != null) {
                    found.put(id, block);
                }
            }
        }
        for (Packed agent : agents) {
            for (Packed.Thread thread : agent.conversations()) {
                thread.isolated().stream()
                        .map(Packed.Isolated::copy)
                        .filter(Objects::nonNull)
                        .forEach(copy -> found.putIfAbsent(copy.id(), copy));
            }
        }
        return found.values().stream()
                .map(block -> FileEntries.block(block, ids.of("block", block.id())))
                .toList();
    }

    private void folders(ObjectNode out) {
        ArrayNode entries = out.putArray("files");
        ArrayNode sources = out.putArray("sources");
        Packing.once(agents, Packed::folders, Folder::id).forEach(folder -> {
            String source = ids.of("source", folder.id());
            sources.add(FolderEntries.folder(folder, source));
            FolderEntries.files(tx, folder.id()).forEach(file -> {
                entries.add(FolderEntries.file(file, ids.of("file", file.id()), source));
                files.add(file.id());
            });
        });
    }

    private void complete(ObjectNode out) {
        ArrayNode entries = out.putArray("archives");
        archives.forEach(archive -> entries.add(FileEntries.archive(archive, ids.of("archive", archive.id()))));
        ArrayNode identities = out.putArray("identities");
        Packing.once(agents, Packed::identities, Identity::id)
                .forEach(identity -> identities.add(FileEntries.identity(identity, ids.of("identity", identity.id()))));
    }

    private void messages(Packed agent, Sink sink) throws IOException {
        for (int from = 0; from < agent.messageIds().size(); from += AT_ONCE) {
            List<String> some =
                    agent.messageIds().subList(from, Math.min(agent.messageIds().size(), from + AT_ONCE));
            Map<String, Message> rows = shelves.recall().byIds(tx, some);
            for (String id : some) {
                Message row = Objects.requireNonNull(rows.get(id));
                ObjectNode entry = MessageEntry.of(
                        row,
                        ids.of("message", id),
                        ids.of("agent", agent.id()),
                        agent.snapshot().state().timezone());
                entry.put("group_id", ids.find("group", row.groupId()));
                if (wish.complete()) {
                    entry.put("conversation_id", ids.find("conversation", row.conversationId()));
                }
                sink.take(entry);
            }
        }
    }

    private void passages(Archive archive, Sink sink) throws IOException {
        List<ArchiveRows.Row> rows = ArchiveRows.after(tx, archive.id(), null, AT_ONCE);
        while (!rows.isEmpty()) {
            for (ArchiveRows.Row row : rows) {
                float[] vector = row.passage().embedding();
                ObjectNode entry = Json.object().put("text", row.passage().text());
                entry.set(
                        "tags",
                        row.passage().tags() == null
                                ? null
                                : Json.tree(row.passage().tags()));
                entry.set("metadata", row.passage().metadata());
                entry.put("created_at", FileEntries.time(row.passage().createdAt()))
                        .put("embedding_model", row.embedder())
                        .put(
                                "embedding",
                                vector == null ? null : Base64.getEncoder().encodeToString(Vectors.bytes(vector)));
                sink.take(entry);
            }
            rows = ArchiveRows.after(tx, archive.id(), rows.getLast().passage(), AT_ONCE);
        }
    }
}
