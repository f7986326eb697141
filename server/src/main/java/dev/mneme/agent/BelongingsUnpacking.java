package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.file.FolderEntries;
import dev.mneme.memory.Archive;
import dev.mneme.memory.ArchiveRows;
import dev.mneme.memory.Passage;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stores what agents of a file have beside themselves: folders and files, archives, identities. Confined to one transaction. */
final class BelongingsUnpacking {
    /** Rows handed to the table at once. */
    private static final int BATCH = 200;

    private final Tx tx;
    private final @Nullable String userId;
    private final Imports.Shelves shelves;
    private final AgentDocument document;
    private final Imports.Belongings plan;
    private final Map<String, String> ids;
    private final List<String> archives = new ArrayList<>();

    BelongingsUnpacking(
            Tx tx,
            @Nullable String userId,
            Imports.Shelves shelves,
            AgentDocument document,
            Imports.Belongings plan,
            Map<String, String> ids) {
        this.tx = tx;
        this.userId = userId;
        this.shelves = shelves;
        this.document = document;
        this.plan = plan;
        this.ids = ids;
    }

    /** What stands by itself: the agents come later. */
    void unpack() {
        Map<String, String> folders = new HashMap<>();
        for (JsonNode entry : document.root().path("sources")) {
            String local = entry.path("id").asText();
            EmbeddingConfig config = plan.folders().get(local);
            if (config != null) {
                ids.put(local, FolderEntries.make(tx, shelves.clock(), userId, entry, config));
                folders.put(local, entry.path("name").asText());
            }
        }
        document.read(new AgentDocument.Reader() {
            @Override
            public void file(int at, JsonNode content) {
                JsonNode entry = document.root().path("files").get(at);
                String folder = entry.path("source_id").asText();
                if (ids.containsKey(folder)) {
                    FolderEntries.Given given = new FolderEntries.Given(
                            Objects.requireNonNull(ids.get(folder)),
                            String.valueOf(folders.get(folder)),
                            entry,
                            content.textValue());
                    ids.put(entry.path("id").asText(), stored(given));
                }
            }
        });
        archives();
        identities();
    }

    private String stored(FolderEntries.Given given) {
        try {
            return FolderEntries.store(tx, shelves.clock(), userId, given);
        } catch (Problem e) {
            JsonNode entry = given.entry();
            throw new Problem(
                    e.code(),
                    "Import failed: " + entry.path("id").asText() + " with the file_name '"
                            + entry.path("file_name").asText() + "': " + e.detail(),
                    e);
        }
    }

    private void archives() {
        JsonNode entries = document.root().path("archives");
        for (int i = 0; i < entries.size(); i++) {
            JsonNode entry = entries.get(i);
            long at = PassageReading.time(entry.path("created_at"), shelves.clock());
            Archive made = ArchiveRows.make(
                    tx,
                    shelves.clock(),
                    userId,
                    new Archive(
                            "",
                            entry.path("name").asText(),
                            entry.path("description").textValue(),
                            plan.passages().target(i).config(),
                            "",
                            entry.path("metadata").isObject() ? entry.get("metadata") : null,
                            0,
                            at,
                            at,
                            userId,
                            userId));
            archives.add(made.id());
            ids.put(entry.path("id").asText(), made.id());
        }
        if (!archives.isEmpty()) {
            new Passages().store();
        }
    }

    /** The passages in the file's order, a batch at a time. */
    private final class Passages implements AgentDocument.Reader {
        private final List<Passage> batch = new ArrayList<>(BATCH);
        private int current;
        private int at;

        void store() {
            document.read(this);
            flush();
        }

        @Override
        public void passage(int archive, JsonNode entry) {
            if (archive != current || batch.size() == BATCH) {
                flush();
                current = archive;
            }
            float[] vector = plan.passages().vector(archive, at++, entry);
            batch.add(PassageReading.read(
                    entry, archives.get(archive), vector, shelves.clock().next(), userId));
        }

        private void flush() {
            ArchiveRows.insert(
                    tx,
                    shelves.clock(),
                    archives.get(current),
                    batch,
                    plan.passages().target(current).name());
            batch.clear();
        }
    }

    /** Those that are known here by their key are the same people. */
    private void identities() {
        for (JsonNode entry : document.root().path("identities")) {
            String key = entry.path("identifier_key").asText();
            String project = entry.path("project_id").textValue();
            Identity known = IdentitySql.byKey(tx, key, project);
            if (known == null) {
                String type = entry.path("identity_type").asText();
                if (!Identity.TYPES.contains(type)) {
                    throw Imports.failed("the identity " + key + " is of the unknown identity_type '" + type + "'");
                }
                known = new Identity(
                        IdKind.IDENTITY.next(),
                        tx.org(),
                        key,
                        entry.path("name").asText(),
                        type,
                        project,
                        entry.path("properties").isArray() ? entry.get("properties") : Json.array(),
                        shelves.clock().next());
                IdentitySql.insert(tx, known, userId);
            }
            ids.put(entry.path("id").asText(), known.id());
        }
    }

    /** Gives an agent its own of all this. */
    void give(String agentId, JsonNode entry) {
        List<String> sources = new ArrayList<>();
        entry.path("source_ids").forEach(id -> sources.add(id.asText()));
        entry.path("folder_ids").forEach(id -> sources.add(id.asText()));
        for (String source : sources.stream().distinct().toList()) {
            String folder = ids.get(source);
            if (folder != null) {
                FolderEntries.attach(tx, shelves.clock(), agentId, DocumentCheck.found(IdKind.SOURCE, source, folder));
            } else if (!plan.leftFolders().contains(source)) {
                throw DocumentCheck.dangling(source);
            }
        }
        if (!entry.path("archive_ids").isEmpty()) {
            ArchiveRows.attach(
                    tx,
                    shelves.clock(),
                    agentId,
                    Objects.requireNonNull(
                            ids.get(entry.path("archive_ids").get(0).asText())));
        }
        for (JsonNode id : entry.path("identity_ids")) {
            String identity = ids.get(id.asText());
            if (identity != null) {
                IdentitySql.linkAgent(tx, DocumentCheck.found(IdKind.IDENTITY, id.asText(), identity), agentId);
            }
        }
    }

    /** Opens the files as they were, the one looked at longest ago first. */
    void open(String agentId, JsonNode entry) {
        List<JsonNode> links = new ArrayList<>();
        entry.path("files_agents").forEach(links::add);
        for (JsonNode link : links.reversed()) {
            String file = ids.get(link.path("file_id").asText());
            String folder = ids.get(link.path("source_id").asText());
            if (file != null && folder != null) {
                String visible = link.path("is_open").asBoolean()
                        ? link.path("visible_content").textValue()
                        : null;
                FolderEntries.show(tx, shelves.clock(), agentId, new FolderEntries.Seen(file, folder, visible));
            }
        }
    }
}
