package dev.mneme.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.memory.Page;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Folders and files as agent files hold them (contract 10 §2), inside the caller's transaction. Stateless. */
public final class FolderEntries {
    /** Digits behind a name that is taken (contract 10 §4). */
    private static final int SUFFIX = 8;

    /** No server has the upload: any may cut and embed the text. */
    private static final String NOBODY = "";

    private static final String NO_TEXT = "The agent file did not hold this file's text. Please upload it again.";

    private FolderEntries() {}

    public static ObjectNode folder(Folder folder, String id) {
        ObjectNode out = Json.object()
                .put("id", id)
                .put("name", folder.name())
                .put("description", folder.description())
                .put("instructions", folder.instructions());
        out.set("metadata", folder.metadata());
        out.putNull("embedding").putNull("embedding_chunk_size");
        out.set("embedding_config", Json.tree(folder.embeddingConfig()));
        return out;
    }

    /** The files of a folder, oldest first. */
    public static List<StoredFile> files(Tx tx, String folderId) {
        return FileSql.list(tx, folderId, Page.ALL);
    }

    /** A file without its text. */
    public static ObjectNode file(StoredFile file, String id, String sourceId) {
        return Json.object()
                .put("id", id)
                .put("source_id", sourceId)
                .put("file_name", file.label())
                .put("original_file_name", file.originalName())
                .putNull("file_path")
                .put("file_type", file.type())
                .put("file_size", file.size())
                .putNull("file_creation_date")
                .putNull("file_last_modified_date")
                .put("processing_status", file.status().word())
                .put("error_message", file.error())
                .put("total_chunks", file.totalChunks())
                .put("chunks_embedded", file.chunksEmbedded())
                .putNull("content");
    }

    /** Makes a folder of an entry; a name that is taken gets eight digits behind it. Its id. */
    public static String make(Tx tx, Clock clock, @Nullable String userId, JsonNode entry, EmbeddingConfig config) {
        String name = Texts.clean(entry.path("name").asText());
        if (FolderSql.named(tx, name) != null) {
            name = name + "_" + IdKind.uuid().toString().substring(0, SUFFIX);
        }
        FolderWish wish = new FolderWish(
                name,
                entry.path("description").textValue(),
                entry.path("instructions").textValue(),
                entry.path("metadata").isObject() ? entry.get("metadata") : null,
                null,
                null,
                config);
        return Folders.make(tx, clock, userId, wish, config).id();
    }

    /**
     * A file of an agent file.
     *
     * @param folderName what the file calls its folder
     * @param text null: it was not read where it came from
     */
    public record Given(
            String folderId,
            String folderName,
            JsonNode entry,
            @Nullable String text) {}

    /** Stores a file; the text is cut and embedded behind the answer. Its id. 400: a name that cannot be one. */
    public static String store(Tx tx, Clock clock, @Nullable String userId, Given given) {
        JsonNode entry = given.entry();
        String label =
                entry.path("file_name").asText(entry.path("original_file_name").asText("file"));
        String prefix = given.folderName() + "/";
        String name = FileNames.plain(label.startsWith(prefix) ? label.substring(prefix.length()) : label);
        String text = given.text();
        long now = clock.next();
        StoredFile file = new StoredFile(
                IdKind.FILE.next(),
                given.folderId(),
                given.folderName(),
                FileNames.free(name, taken -> FileSql.taken(tx, given.folderId(), taken)),
                entry.path("original_file_name").asText(name),
                entry.path("file_type").asText("text/plain"),
                entry.path("file_size").asLong(text == null ? 0 : text.length()),
                text == null ? FileStatus.ERROR : FileStatus.PARSING,
                text == null ? entry.path("error_message").asText(NO_TEXT) : null,
                null,
                null,
                now,
                now,
                userId);
        FileSql.insert(tx, file, NOBODY, false);
        if (text != null) {
            FileSql.setContent(tx, file.id(), Texts.clean(text));
        }
        return file.id();
    }

    /** Gives a folder to an agent, without tools and without opening its files. */
    public static void attach(Tx tx, Clock clock, String agentId, String folderId) {
        AgentFileSql.attach(tx, agentId, folderId, clock.next());
    }

    /** What an agent sees of a file. visible null: it is closed. */
    public record Seen(
            String fileId, String folderId, @Nullable String visible) {}

    public static void show(Tx tx, Clock clock, String agentId, Seen seen) {
        AgentFileSql.put(tx, agentId, seen.fileId(), seen.folderId(), seen.visible(), Lines.Range.WHOLE, clock.next());
    }

    /** The text of a file; null when it is not read. */
    public static @Nullable String content(Tx tx, String fileId) {
        return FileSql.content(tx, fileId);
    }
}
