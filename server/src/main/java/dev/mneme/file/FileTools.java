package dev.mneme.file;

import dev.mneme.store.Db;
import dev.mneme.tool.Tool;
import java.util.List;

/** The tools that come with an agent's first folder (contract 06 §6.8). Thread-safe. */
public final class FileTools {
    private final List<Tool> all;

    public FileTools(Db db, AgentFiles files, FilePassages passages) {
        all = List.of(
                new OpenFiles(db, files), new GrepFiles(db, files).tool(), new SearchFiles(db, files, passages).tool());
    }

    public List<Tool> all() {
        return all;
    }
}
