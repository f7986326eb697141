package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.file.AgentFile;
import dev.mneme.file.FilePassage;
import dev.mneme.file.Folder;
import dev.mneme.file.FolderFiles;
import dev.mneme.file.StoredFile;
import dev.mneme.wire.AgentFileView;
import dev.mneme.wire.BlockView;
import dev.mneme.wire.FileRecord;
import dev.mneme.wire.FolderView;
import dev.mneme.wire.PassageView;
import dev.mneme.wire.SourceView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Folders, files and their passages as clients see them (contract 06 §6.1). Pure. */
final class FolderViews {
    /** Vectors lie in the database and its index: the contract's word for that. */
    private static final String NATIVE = "native";

    private FolderViews() {}

    static FolderView folder(Folder folder, String org) {
        return new FolderView(
                folder.id(),
                folder.name(),
                folder.description(),
                folder.instructions(),
                folder.metadata(),
                folder.embeddingConfig(),
                org,
                folder.createdById(),
                folder.lastUpdatedById(),
                Times.zulu(folder.createdAt()),
                Times.zulu(folder.updatedAt()));
    }

    static SourceView source(Folder folder, String org) {
        return new SourceView(
                folder.id(),
                folder.name(),
                folder.description(),
                folder.instructions(),
                folder.metadata(),
                folder.embeddingConfig(),
                org,
                folder.createdById(),
                folder.lastUpdatedById(),
                Times.zulu(folder.createdAt()),
                Times.zulu(folder.updatedAt()),
                NATIVE);
    }

    /** As listed: by its name in the folder. */
    static FileRecord file(FolderFiles.Opened opened, String org) {
        return file(opened.file(), opened.file().name(), opened.content(), org);
    }

    /** As answered to an upload: by the name that agents use. */
    static FileRecord uploaded(StoredFile file, String org) {
        return file(file, file.label(), null, org);
    }

    private static FileRecord file(StoredFile file, String name, @Nullable String content, String org) {
        return new FileRecord(
                file.id(),
                file.folderId(),
                name,
                file.originalName(),
                null,
                file.type(),
                file.size(),
                null,
                null,
                file.status().word(),
                file.error(),
                file.totalChunks(),
                file.chunksEmbedded(),
                content,
                org,
                Times.zulu(file.createdAt()),
                Times.zulu(file.updatedAt()));
    }

    static PassageView passage(FilePassage passage, String org) {
        return new PassageView(
                null,
                null,
                Times.zulu(passage.createdAt()),
                Times.zulu(passage.createdAt()),
                false,
                null,
                passage.folderId(),
                passage.fileId(),
                passage.label(),
                Json.object(),
                null,
                passage.id(),
                org,
                passage.text(),
                passage.embedding(),
                passage.embeddingConfig());
    }

    static AgentFileView agentFile(AgentFile file) {
        return new AgentFileView(
                file.id(),
                file.fileId(),
                file.label(),
                file.folderId(),
                file.folderName(),
                file.open(),
                Times.zulu(file.lastAccessedAt()),
                file.visible(),
                file.startLine(),
                file.endLine());
    }

    /** As a block of memory that only the server writes (contract 06 §6.7). */
    static ObjectNode block(AgentFile file, int limit) {
        BlockView block = new BlockView(
                file.visible() == null ? "" : file.visible(),
                limit,
                null,
                null,
                false,
                null,
                null,
                null,
                null,
                false,
                file.label(),
                true,
                null,
                Json.object(),
                null,
                IdKind.BLOCK.next(),
                null,
                null,
                List.of());
        ObjectNode out = (ObjectNode) Json.tree(block);
        return out.put("file_id", file.fileId())
                .put("source_id", file.folderId())
                .put("is_open", file.open())
                .put("last_accessed_at", Times.zulu(file.lastAccessedAt()));
    }

    static List<SourceView> sources(List<Folder> folders, String org) {
        return folders.stream().map(folder -> source(folder, org)).toList();
    }
}
