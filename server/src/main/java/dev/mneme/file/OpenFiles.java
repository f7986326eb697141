package dev.mneme.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.PythonText;
import dev.mneme.file.AgentFileSql.Viewer;
import dev.mneme.message.ToolSpec;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The tool with which an agent brings files, or parts of them, into its prompt (contract 06 §6.8). Thread-safe. */
final class OpenFiles implements Tool {
    private static final String NAME = "open_files";

    private final Db db;
    private final AgentFiles files;
    private final ToolSpec spec;

    OpenFiles(Db db, AgentFiles files) {
        this.db = db;
        this.files = files;
        this.spec = new ToolSpec(
                NAME,
                "Bring files of your folders, or parts of them, into view. What you see of a file before is replaced."
                        + " When too many are open, those you looked at longest ago are closed.",
                schema());
    }

    private static ObjectNode schema() {
        return Json.read("""
                {"type": "object", "properties": {
                  "file_requests": {"type": "array", "description": "The files to open.", "items": {"type": "object", "properties": {
                    "file_name": {"type": "string", "description": "The name of the file as your directories list it, with its folder."},
                    "offset": {"type": "integer", "description": "First line to show, counted from 0."},
                    "length": {"type": "integer", "description": "How many lines to show; to the end if left out."}},
                    "required": ["file_name"]}},
                  "close_all_others": {"type": "boolean", "description": "Whether every other file is closed first."}},
                 "required": ["file_requests"]}
                """, ObjectNode.class);
    }

    @Override
    public ToolSpec spec() {
        return spec;
    }

    /** A refusal that the model can act on. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    /** One file to open. */
    private record Wish(String name, Lines.Range range) {}

    /** A file with the text that it will show. */
    private record Ready(AgentFile file, Lines.Range range, String view) {}

    @Override
    public ToolEffect call(ObjectNode arguments, ToolContext context) {
        try {
            List<Wish> wishes = wishes(arguments.get("file_requests"));
            boolean alone = arguments.path("close_all_others").asBoolean(false);
            Map<String, Ready> ready = db.of(context.organizationId()).read(tx -> {
                try {
                    return Map.copyOf(prepare(tx, context.agentId(), wishes));
                } catch (Refused e) {
                    throw new Carrier(e);
                }
            });
            return tx -> open(tx, context.agentId(), wishes, ready, alone);
        } catch (Refused e) {
            return failed(e);
        } catch (Carrier e) {
            return failed(e.refused);
        }
    }

    /** Carries a refusal out of a transaction. */
    private static final class Carrier extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Refused refused;

        Carrier(Refused refused) {
            super(refused);
            this.refused = refused;
        }
    }

    private static ToolEffect failed(Refused e) {
        ToolOutcome failed = RecordTool.failed(NAME, "ValueError", Objects.requireNonNull(e.getMessage()));
        return tx -> failed;
    }

    private static List<Wish> wishes(@Nullable JsonNode given) throws Refused {
        if (given == null || given.isNull()) {
            throw new Refused(
                    "LettaFileToolExecutor.open_files() missing 1 required positional argument: 'file_requests'");
        }
        List<Wish> wishes = new ArrayList<>();
        for (JsonNode one : given.isArray() ? given : Json.array().add(given)) {
            // A bare name is plainly meant as a whole file.
            String name =
                    one.isTextual() ? one.textValue() : one.path("file_name").asText("");
            wishes.add(new Wish(name, range(name, one.get("offset"), one.get("length"))));
        }
        if (wishes.isEmpty()) {
            throw new Refused("No file requests provided");
        }
        return wishes;
    }

    private static Lines.Range range(String name, @Nullable JsonNode offset, @Nullable JsonNode length) throws Refused {
        if (offset == null || offset.isNull()) {
            return Lines.Range.WHOLE;
        }
        int first = offset.asInt(-1);
        if (first < 0) {
            throw new Refused("Offset for file " + name + " must be >= 0 (0-indexed), got " + offset.asText());
        }
        if (length == null || length.isNull()) {
            return new Lines.Range(first + 1, null);
        }
        int count = length.asInt(0);
        if (count < 1) {
            throw new Refused("Length for file " + name + " must be >= 1, got " + length.asText());
        }
        return new Lines.Range(first + 1, (int) Math.min(Integer.MAX_VALUE, (long) first + count));
    }

    private static Map<String, Ready> prepare(Tx tx, String agentId, List<Wish> wishes) throws Refused {
        Viewer viewer = AgentFiles.viewer(tx, agentId);
        if (wishes.size() > viewer.maxOpen()) {
            throw new Refused("Cannot open " + wishes.size() + " files: exceeds configured maximum limit of "
                    + viewer.maxOpen() + " files");
        }
        Map<String, AgentFile> known = new HashMap<>();
        AgentFileSql.all(tx, agentId).forEach(file -> known.put(file.label(), file));
        Map<String, Ready> ready = new LinkedHashMap<>();
        for (Wish wish : wishes) {
            AgentFile file = known.get(wish.name());
            if (file == null) {
                ArrayNode names = Json.array();
                known.keySet().stream().sorted().forEach(names::add);
                throw new Refused(wish.name() + " not attached - did you get the filename correct? Currently you have"
                        + " the following files attached: " + PythonText.repr(names));
            }
            String content = Objects.requireNonNullElse(FileSql.content(tx, file.fileId()), "");
            Lines lines = Lines.of(content, file.type(), file.fileName());
            Integer start = wish.range().start();
            if (start != null && !lines.has(wish.range())) {
                throw new Refused("File " + file.label() + " has only "
                        + lines.units().size() + " " + lines.word() + ", but requested offset " + start
                        + " is out of range");
            }
            ready.put(wish.name(), new Ready(file, wish.range(), lines.view(wish.range(), viewer.charLimit())));
        }
        return ready;
    }

    private ToolOutcome open(Tx tx, String agentId, List<Wish> wishes, Map<String, Ready> ready, boolean alone) {
        Map<String, Ready> targets = new LinkedHashMap<>();
        for (Wish wish : wishes) {
            Ready one = ready.get(wish.name());
            // A file that was deleted or detached meanwhile is passed over.
            if (one != null && AgentFileSql.find(tx, agentId, one.file().fileId()) != null) {
                targets.put(one.file().fileId(), one);
            }
        }
        List<String> closed = alone ? files.closeAll(tx, agentId, targets.keySet()) : List.of();
        List<String> evicted = files.makeRoom(tx, AgentFiles.viewer(tx, agentId), targets.keySet(), targets.size());
        List<String> opened = new ArrayList<>();
        for (Ready one : targets.values()) {
            AgentFile file = one.file();
            files.show(tx, agentId, file.fileId(), file.folderId(), one.view(), one.range());
            String part = one.range().whole() ? "" : " (" + one.range().spoken() + ")";
            boolean other = targets.size() == 1 && file.open() && !file.range().equals(one.range());
            opened.add(file.label()
                    + part
                    + (other ? " (previously " + file.range().spoken() + ")" : ""));
        }
        StringBuilder out = new StringBuilder(
                opened.size() == 1
                        ? "* Opened " + opened.getFirst()
                        : "* Opened " + opened.size() + " files: " + String.join(", ", opened));
        note(out, closed, "due to close_all_others=True");
        note(out, evicted, "due to open file limit");
        return RecordTool.ok(out.toString());
    }

    private static void note(StringBuilder out, List<String> names, String why) {
        if (!names.isEmpty()) {
            String kind = why.endsWith("limit") ? " least recently used file(s) " : " file(s) ";
            out.append("\nNote: Closed ")
                    .append(names.size())
                    .append(kind)
                    .append(why)
                    .append(": ");
            out.append(String.join(", ", names));
        }
    }
}
