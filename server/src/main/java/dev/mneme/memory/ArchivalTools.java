package dev.mneme.memory;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.PythonText;
import dev.mneme.llm.ModelException;
import dev.mneme.tool.Doc;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The tools of archival memory (contract 04 §5). */
final class ArchivalTools {
    private static final String INSERT = "archival_memory_insert";
    private static final String SEARCH = "archival_memory_search";

    private final Archival archival;

    ArchivalTools(Archival archival) {
        this.archival = archival;
    }

    List<Tool> all() {
        return List.of(
                new RecordTool<>(INSERT, Insert.class, this::insert),
                new RecordTool<>(SEARCH, Search.class, this::search));
    }

    @Doc(
            "Put something into archival memory, your store without limit. Write it so that it makes sense by itself when you "
                    + "find it again much later: names instead of pronouns, dates instead of 'today'.")
    record Insert(
            @Doc("What to keep.") String content,

            @Doc("A few words under which to group it, for searches by tag.") @Nullable
            List<String> tags) {}

    private ToolEffect insert(Insert call, ToolContext context) {
        NewPassage wanted = NewPassage.of(call.content, Objects.requireNonNullElse(call.tags, List.of()));
        Archival.Prepared prepared;
        try {
            prepared = archival.prepare(context.organizationId(), context.agentId(), wanted);
        } catch (Problem | ModelException refused) {
            return failed(INSERT, refused);
        }
        return tx -> {
            archival.remember(tx, null, context.agentId(), prepared);
            return RecordTool.ok("None");
        };
    }

    @Doc("Look into archival memory by meaning and by words. Gives the best fitting entries with their time and tags.")
    record Search(
            @Doc("What to look for, in words or as a question.")
            String query,

            @Doc("Only entries with these tags.") @Nullable List<String> tags,

            @Doc(
                    value = "Whether an entry needs any of the tags (as when left out) or all of them.",
                    oneOf = {"any", "all"})
            @Nullable
            String tagMatchMode,

            @Doc("How many entries at most; 10 if left out.") @Nullable
            Integer topK,

            @Doc("Only entries from this time on: 2026-01-31 or 2026-01-31T14:30.") @Nullable
            String startDatetime,

            @Doc("Only entries up to this time; a date alone includes the whole day.") @Nullable
            String endDatetime) {}

    private ToolEffect search(Search call, ToolContext context) {
        ArrayNode rows = Json.array();
        try {
            archival
                    .recollect(
                            context.organizationId(),
                            context.agentId(),
                            new Recollection.Ask(
                                    call.query,
                                    call.tags,
                                    call.tagMatchMode,
                                    call.topK,
                                    Recollection.Ask.TOOL_TOP_K,
                                    call.startDatetime,
                                    call.endDatetime))
                    .results()
                    .stream()
                    .forEach(found -> rows.addObject()
                            .put("id", found.id())
                            .put("timestamp", found.timestamp())
                            .put("content", found.content())
                            .set("tags", Json.tree(found.tags())));
        } catch (Problem | ModelException refused) {
            return failed(SEARCH, refused);
        }
        ToolOutcome found = RecordTool.ok(PythonText.repr(rows));
        return tx -> found;
    }

    /** A refusal is something the model can read and act on. */
    private static ToolEffect failed(String tool, RuntimeException refused) {
        String text = refused instanceof Problem problem
                ? problem.detail().replaceFirst("^INVALID_ARGUMENT: ", "")
                : String.valueOf(refused.getMessage());
        ToolOutcome failed = RecordTool.failed(tool, "ValueError", text);
        return tx -> failed;
    }
}
