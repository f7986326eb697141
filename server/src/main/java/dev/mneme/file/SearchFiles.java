package dev.mneme.file;

import dev.mneme.store.Db;
import dev.mneme.tool.Doc;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tool that finds passages of an agent's files by words and meaning (contract 06 §6.8). Thread-safe. */
final class SearchFiles {
    private static final String NAME = "semantic_search_files";

    /** Passages found unless asked otherwise, and at most. */
    private static final int STANDARD = 5;

    private static final int MOST = 50;

    /** Lines shown of a passage. */
    private static final int LINES = 20;

    private final Db db;
    private final AgentFiles files;
    private final FilePassages passages;

    SearchFiles(Db db, AgentFiles files, FilePassages passages) {
        this.db = db;
        this.files = files;
        this.passages = passages;
    }

    Tool tool() {
        return new RecordTool<>(NAME, Search.class, this::start);
    }

    @Doc("Find passages in all files of your folders, open or not, by what they are about.")
    record Search(
            @Doc("What to look for.") String query,

            @Doc("How many passages at most; 5 if left out, 50 at most.") @Nullable
            Integer limit) {}

    private ToolEffect start(Search call, ToolContext context) {
        if (call.query.isBlank()) {
            ToolOutcome failed = RecordTool.failed(NAME, "ValueError", "Empty search query provided");
            return tx -> failed;
        }
        int limit = call.limit == null || call.limit < 1 ? STANDARD : Math.min(MOST, call.limit);
        List<FilePassages.Found> found =
                passages.search(context.organizationId(), context.agentId(), new FilePassages.Wish(call.query, limit));
        Set<String> fileIds = new HashSet<>();
        found.forEach(one -> fileIds.add(one.passage().fileId()));
        List<String> touched = found.isEmpty()
                ? List.of()
                : db.of(context.organizationId()).read(tx -> files.files(tx, context.agentId())).stream()
                        .filter(file -> fileIds.contains(file.fileId()))
                        .map(AgentFile::id)
                        .toList();
        ToolOutcome outcome = RecordTool.ok(told(call.query, found, fileIds.size()));
        return tx -> {
            files.touch(tx, touched);
            return outcome;
        };
    }

    private static String told(String query, List<FilePassages.Found> found, int files) {
        if (found.isEmpty()) {
            return "No semantic matches found for query: '" + query + "'";
        }
        String title = "Found " + found.size() + " semantic match" + (found.size() == 1 ? "" : "es") + " in " + files
                + (files == 1 ? " file" : " files") + " for query: '" + query + "'";
        List<String> out = new ArrayList<>(List.of(title, "=".repeat(title.length())));
        int number = 1;
        for (FilePassages.Found one : found) {
            out.add("");
            out.add("=== " + one.passage().label() + " (passage #" + number++ + ") ===");
            List<String> lines = one.passage().text().lines().toList();
            lines.stream().limit(LINES).forEach(line -> out.add("  " + line));
            if (lines.size() > LINES) {
                out.add("  ... [truncated " + (lines.size() - LINES) + " more lines]");
            }
        }
        return String.join("\n", out);
    }
}
