package dev.mneme.agent;

import dev.mneme.base.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses with 501 what belongs to a later version, so that nobody believes it works. Empty lists and false are harmless. */
final class Later {
    private Later() {}

    static void refuse(NewAgent wanted) {
        flag("include_default_source", wanted.includeDefaultSource(), "Folders and files");
        list("source_ids", wanted.sourceIds(), "Folders and files");
        list("folder_ids", wanted.folderIds(), "Folders and files");
    }

    static void refuse(AgentPatch patch) {
        list("source_ids", patch.sourceIds(), "Folders and files");
        list("folder_ids", patch.folderIds(), "Folders and files");
    }

    private static void flag(String field, @Nullable Boolean value, String what) {
        if (Boolean.TRUE.equals(value)) {
            throw later(field, what);
        }
    }

    private static void list(String field, @Nullable List<String> value, String what) {
        if (value != null && !value.isEmpty()) {
            throw later(field, what);
        }
    }

    private static Problem later(String field, String what) {
        return Problem.notImplemented(what + " arrive with a later version of this server: leave " + field + " out.");
    }
}
