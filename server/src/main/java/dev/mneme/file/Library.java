package dev.mneme.file;

import dev.mneme.base.Scope;
import dev.mneme.llm.Models;
import dev.mneme.search.Index;
import dev.mneme.store.Db;
import dev.mneme.tool.Tool;
import dev.mneme.tool.Tools;
import java.nio.file.Path;
import java.util.List;

/** Everything about folders and files, put together. Its parts are thread-safe. */
public final class Library {
    private final Folders folders;
    private final FolderFiles files;
    private final FilePassages passages;
    private final AgentFiles agents;
    private final Ingest ingest;
    private final FileTools tool;

    /**
     * @param spool where uploads lie until they are read
     * @param serverId of this installation, the same after a restart
     * @param scope owner of the threads that read and embed
     */
    public Library(
            Db db,
            Models models,
            Index index,
            Tools tools,
            FilePassages passages,
            Path spool,
            String serverId,
            Scope scope) {
        this.passages = passages;
        Spool disk = new Spool(spool);
        agents = new AgentFiles(db.clock(), tools);
        ingest = new Ingest(db, index, disk, agents, new PassageEmbedding(db, models, index, scope), serverId);
        folders = new Folders(db, models, index, disk, agents);
        files = new FolderFiles(db, index, disk, ingest);
        tool = new FileTools(db, agents, passages);
    }

    /** Begins to read what was uploaded, also what an earlier run of this server left. Ends with the scope. */
    public void start(Scope scope) {
        ingest.start(scope);
    }

    /** Files came in with agents: their texts are to be cut and embedded. */
    public void arrived() {
        ingest.nudge();
    }

    public Folders folders() {
        return folders;
    }

    public FolderFiles files() {
        return files;
    }

    public FilePassages passages() {
        return passages;
    }

    /** What agents do with their files. */
    public List<Tool> tools() {
        return tool.all();
    }

    /** Which agent has which folders and files. */
    public AgentFiles agents() {
        return agents;
    }
}
