package dev.mneme.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.llm.ModelException;
import dev.mneme.message.ToolSpec;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tool with which the companion of an agent that speaks keeps pieces of the dialogue that it was given to read (contract 05 §1): each
 * becomes a passage in the archive of the agent that speaks, which finds it by {@code search_memory}. Thread-safe.
 */
final class StoreMemories implements Tool {
    private static final String NAME = "store_memories";

    /** Pieces of one call: each is embedded and stored. */
    static final int MOST_CHUNKS = 50;

    private final Overheard overheard;
    private final Archival archival;
    private final ToolSpec spec;

    StoreMemories(Overheard overheard, Archival archival) {
        this.overheard = overheard;
        this.archival = archival;
        this.spec = new ToolSpec(
                NAME,
                "Keep pieces of the conversation that is leaving the context, each with a short summary.",
                Json.read("""
                        {"type": "object", "properties": {
                          "chunks": {"type": "array", "items": {"type": "object", "properties": {
                            "start_index": {"type": "integer", "description": "Number of the first line that this piece covers."},
                            "end_index": {"type": "integer", "description": "Number of the last line that this piece covers."},
                            "context": {"type": "string", "description": "One or two sentences that say what the piece is about."}},
                            "required": ["start_index", "end_index", "context"]},
                            "description": "The pieces to keep, without overlaps."}},
                         "required": ["chunks"]}
                        """, ObjectNode.class));
    }

    @Override
    public ToolSpec spec() {
        return spec;
    }

    @Override
    public ToolEffect call(ObjectNode arguments, ToolContext context) {
        JsonNode chunks = arguments.get("chunks");
        if (chunks == null || !chunks.isArray() || chunks.isEmpty()) {
            return failed("TypeError", "store_memories() argument 'chunks' must be a list with at least one piece");
        }
        if (chunks.size() > MOST_CHUNKS) {
            return failed("ValueError", "chunks has " + chunks.size() + " pieces, more than " + MOST_CHUNKS);
        }
        Overheard.Dialogue dialogue = overheard.in(context);
        if (dialogue == null) {
            return failed(
                    "ValueError",
                    "There are no numbered lines to keep: only the background agent of an agent that speaks is given some.");
        }
        List<NewPassage> pieces = new ArrayList<>();
        for (JsonNode chunk : chunks) {
            String wrong = wrong(chunk, dialogue.lines().size());
            if (wrong != null) {
                return failed("ValueError", wrong);
            }
            List<String> lines = dialogue.lines()
                    .subList(
                            chunk.path("start_index").intValue() - 1,
                            chunk.path("end_index").intValue());
            pieces.add(NewPassage.of(chunk.path("context").textValue() + "\n" + String.join("\n", lines), List.of()));
        }
        Archival.Prepared prepared;
        try {
            prepared = archival.prepare(context.organizationId(), dialogue.speakerId(), pieces);
        } catch (Problem refused) {
            return failed("ValueError", refused.detail().replaceFirst("^INVALID_ARGUMENT: ", ""));
        } catch (ModelException refused) {
            return failed("ValueError", String.valueOf(refused.getMessage()));
        }
        return tx -> {
            archival.keep(tx, null, dialogue.speakerId(), prepared);
            return RecordTool.ok("None");
        };
    }

    private static @Nullable String wrong(JsonNode chunk, int lines) {
        JsonNode start = chunk.path("start_index");
        JsonNode end = chunk.path("end_index");
        if (!start.canConvertToInt()
                || !end.canConvertToInt()
                || !chunk.path("context").isTextual()) {
            return "A piece needs start_index and end_index as whole numbers and context as text, not " + chunk;
        }
        if (start.intValue() < 1 || end.intValue() < start.intValue() || end.intValue() > lines) {
            return "There are no lines " + start.intValue() + " to " + end.intValue() + ": they are numbered from 1 to "
                    + lines;
        }
        return null;
    }

    private static ToolEffect failed(String kind, String text) {
        ToolOutcome failed = RecordTool.failed(NAME, kind, text);
        return tx -> failed;
    }
}
