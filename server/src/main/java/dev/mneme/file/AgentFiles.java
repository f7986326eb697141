package dev.mneme.file;

import dev.mneme.base.Clock;
import dev.mneme.base.Problem;
import dev.mneme.file.AgentFileSql.Viewer;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.Tools;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which folders an agent has and which files it has open (contract 06 §6.7 to §6.9). Everything works inside the caller's transaction.
 * Thread-safe.
 */
public final class AgentFiles {
    /** The tools that come with the first folder and go with the last. */
    static final List<String> TOOLS = List.of("open_files", "grep_files", "semantic_search_files");

    private final Clock clock;
    private final Tools tools;

    public AgentFiles(Clock clock, Tools tools) {
        this.clock = clock;
        this.tools = tools;
    }

    /** Gives the agent a folder: its files open as far as they may, and the tools for files. Again is no change. 404: no such folder. */
    public void attach(Tx tx, String agentId, String folderId) {
        Folders.require(tx, folderId);
        boolean added = AgentFileSql.attach(tx, agentId, folderId, clock.next());
        Set<String> had = new HashSet<>();
        tools.ofAgent(tx, agentId).forEach(tool -> had.add(tool.name()));
        for (ToolRow tool : tools.byNames(tx, TOOLS)) {
            if (!had.contains(tool.name())) {
                tools.attach(tx, agentId, tool.id());
            }
        }
        if (added) {
            openAll(tx, viewer(tx, agentId), folderId, AgentFileSql.readable(tx, folderId));
        }
    }

    /** Makes a folder and gives it to the agent; one that has this name already is given instead. */
    public void attachNew(Tx tx, @Nullable String userId, String agentId, String name, EmbeddingConfig config) {
        Folder known = FolderSql.named(tx, name);
        attach(
                tx,
                agentId,
                known == null
                        ? Folders.make(tx, clock, userId, FolderWish.named(name), config)
                                .id()
                        : known.id());
    }

    /** Takes a folder from the agent, with the last one the tools for files. No error when it had none. 404: no such folder. */
    public void detach(Tx tx, String agentId, String folderId) {
        Folders.require(tx, folderId);
        boolean removed = AgentFileSql.detach(tx, agentId, folderId);
        if (removed && FolderSql.ofAgent(tx, agentId).isEmpty()) {
            for (ToolRow tool : tools.ofAgent(tx, agentId)) {
                if (TOOLS.contains(tool.name())) {
                    tools.detach(tx, agentId, tool.id());
                }
            }
        }
    }

    /** Makes the agent's folders exactly these. */
    public void replace(Tx tx, String agentId, List<String> folderIds) {
        Set<String> wanted = new LinkedHashSet<>(folderIds);
        for (Folder folder : FolderSql.ofAgent(tx, agentId)) {
            if (!wanted.contains(folder.id())) {
                detach(tx, agentId, folder.id());
            }
        }
        wanted.forEach(id -> attach(tx, agentId, id));
    }

    /** The agent's folders in order of attachment. */
    public List<Folder> folders(Tx tx, String agentId) {
        return FolderSql.ofAgent(tx, agentId);
    }

    /** What the agent's prompt shows of its folders. Costs one prepared query for agents without folders. */
    public Directories directories(Tx tx, String agentId, int maxOpen, int charLimit) {
        List<Folder> folders = FolderSql.ofAgent(tx, agentId);
        if (folders.isEmpty()) {
            return new Directories(List.of(), maxOpen, charLimit);
        }
        Map<String, List<AgentFileSql.ShownRow>> files = AgentFileSql.shown(tx, agentId);
        return new Directories(
                folders.stream()
                        .map(folder -> new Directory(
                                folder.name(),
                                folder.description(),
                                folder.instructions(),
                                files.getOrDefault(folder.id(), List.of()).stream()
                                        .map(row -> new Directory.Shown(
                                                folder.name() + "/" + row.fileName(), row.visible()))
                                        .toList()))
                        .toList(),
                maxOpen,
                charLimit);
    }

    /** A file has been read: it opens at every agent that has its folder. */
    void arrived(Tx tx, StoredFile file) {
        for (String agentId : AgentFileSql.agentsOf(tx, file.folderId())) {
            openAll(tx, viewer(tx, agentId), file.folderId(), List.of(file.id()));
        }
    }

    /** The rule for many at once: as many of the new ones as may be open, else all of them and the rest of those looked at last. */
    private void openAll(Tx tx, Viewer viewer, String folderId, List<String> fileIds) {
        List<String> opened = fileIds.subList(0, Math.min(viewer.maxOpen(), fileIds.size()));
        int free = viewer.maxOpen() - opened.size();
        for (AgentFile held : AgentFileSql.all(tx, viewer.agentId())) {
            if (held.open() && !fileIds.contains(held.fileId()) && free-- <= 0) {
                AgentFileSql.close(tx, held.id());
            }
        }
        Map<String, String> contents = FileSql.contents(tx, opened);
        for (String id : fileIds) {
            StoredFile file = FileSql.find(tx, id);
            String content = contents.get(id);
            if (file != null) {
                String view = content == null
                        ? null
                        : Lines.of(content, file.type(), file.name()).view(Lines.Range.WHOLE, viewer.charLimit());
                AgentFileSql.put(tx, viewer.agentId(), id, folderId, view, Lines.Range.WHOLE, clock.next());
            }
        }
    }

    /** All files of the agent, the one looked at last first. */
    public List<AgentFile> files(Tx tx, String agentId) {
        return AgentFileSql.all(tx, agentId);
    }

    /** One page of the agent's files in order of their associations' ids. open: null: all. */
    public List<AgentFile> page(
            Tx tx,
            String agentId,
            @Nullable Boolean open,
            @Nullable String after,
            @Nullable String before,
            boolean ascending,
            int limit) {
        return AgentFileSql.page(tx, agentId, open, after, before, ascending, limit);
    }

    /** Opens a file whole, and says the names of those that had to be closed. A file of another folder is attached with its folder. */
    public List<String> open(Tx tx, String agentId, String fileId) {
        StoredFile file = FileSql.find(tx, fileId);
        if (file == null) {
            throw Problem.notFound("File with id=" + fileId + " not found");
        }
        if (AgentFileSql.find(tx, agentId, fileId) == null
                && AgentFileSql.attach(tx, agentId, file.folderId(), clock.next())) {
            tools.byNames(tx, TOOLS).forEach(tool -> tools.attach(tx, agentId, tool.id()));
        }
        Viewer viewer = viewer(tx, agentId);
        String content = FileSql.content(tx, fileId);
        if (content == null) {
            throw Problem.invalid("File " + file.label() + " is not read yet ("
                    + file.status().word() + "): open it once it is.");
        }
        List<String> closed = makeRoom(tx, viewer, Set.of(fileId), 1);
        String view = Lines.of(content, file.type(), file.name()).view(Lines.Range.WHOLE, viewer.charLimit());
        show(tx, agentId, file.id(), file.folderId(), view, Lines.Range.WHOLE);
        return closed;
    }

    void show(Tx tx, String agentId, String fileId, String folderId, String view, Lines.Range range) {
        AgentFileSql.put(tx, agentId, fileId, folderId, view, range, clock.next());
    }

    /** Closes the files looked at longest ago until so many more may be open; says their names. kept: never closed. */
    List<String> makeRoom(Tx tx, Viewer viewer, Set<String> kept, int wanted) {
        int free = Math.max(0, viewer.maxOpen() - wanted);
        List<AgentFile> leaving = new ArrayList<>();
        for (AgentFile held : AgentFileSql.all(tx, viewer.agentId())) {
            if (held.open() && !kept.contains(held.fileId()) && free-- <= 0) {
                leaving.addFirst(held);
            }
        }
        leaving.forEach(file -> AgentFileSql.close(tx, file.id()));
        return leaving.stream().map(AgentFile::label).toList();
    }

    /** Closes a file; 404 when the agent does not have it. */
    public void close(Tx tx, String agentId, String fileId) {
        AgentFile file = AgentFileSql.find(tx, agentId, fileId);
        if (file == null) {
            throw Problem.notFound("File with id=" + fileId + " not found for agent " + agentId);
        }
        AgentFileSql.close(tx, file.id());
    }

    /** Closes all but these and says the names of those that were open. */
    public List<String> closeAll(Tx tx, String agentId, Set<String> kept) {
        List<String> closed = new ArrayList<>();
        for (AgentFile file : AgentFileSql.all(tx, agentId)) {
            if (file.open() && !kept.contains(file.fileId())) {
                AgentFileSql.close(tx, file.id());
                closed.add(file.label());
            }
        }
        return closed;
    }

    /** The agent's limits were changed: what is open is shown and counted by the new ones. */
    public void resized(Tx tx, String agentId) {
        Viewer viewer = viewer(tx, agentId);
        makeRoom(tx, viewer, Set.of(), 0);
        for (AgentFile file : AgentFileSql.all(tx, agentId)) {
            String content = file.open() ? FileSql.content(tx, file.fileId()) : null;
            if (content != null) {
                String view = Lines.of(content, file.type(), file.fileName()).view(file.range(), viewer.charLimit());
                AgentFileSql.show(tx, file.id(), view);
            }
        }
    }

    /** The files were found or read: they are the last to be closed. */
    void touch(Tx tx, List<String> associationIds) {
        associationIds.forEach(id -> AgentFileSql.touch(tx, id, clock.next()));
    }

    static Viewer viewer(Tx tx, String agentId) {
        Viewer viewer = AgentFileSql.viewer(tx, agentId);
        if (viewer == null) {
            throw Problem.notFound("Agent with ID " + agentId + " not found");
        }
        return viewer;
    }
}
