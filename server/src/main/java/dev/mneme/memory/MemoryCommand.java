package dev.mneme.memory;

import dev.mneme.memory.AgentBlocks.Refusal;
import dev.mneme.tool.Doc;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The tool {@code memory}: core memory as if it were a folder of files, {@code /memories/<label>} (contract 04 §3). */
final class MemoryCommand {
    private static final String NAME = "memory";
    private static final String FOLDER = "/memories/";
    private static final String NOW_ACTIVE = " and is now active in your context.";

    private final Blocks blocks;

    MemoryCommand(Blocks blocks) {
        this.blocks = blocks;
    }

    Tool tool() {
        return new RecordTool<>(NAME, Command.class, this::start);
    }

    @Doc(
            "Manage memory blocks like files: create one, replace a piece of its text, insert lines, delete it, or rename it "
                    + "(or give it another description). The path of a block is /memories/ followed by its label.")
    record Command(
            @Doc("What to do: create (path, description, file_text), str_replace (path, old_string, new_string), "
                    + "insert (path, insert_line, insert_text), delete (path), or rename (old_path and new_path; "
                    + "or path and description).")
            String command,

            @Doc("The block, for example /memories/notes.") @Nullable
            String path,

            @Doc("create: the text of the new block; empty if left out.") @Nullable
            String fileText,

            @Doc("create, rename: what the block is for.") @Nullable
            String description,

            @Doc("str_replace: the text to replace, which must occur exactly once.") @Nullable
            String oldString,

            @Doc("str_replace: the text that takes its place.") @Nullable
            String newString,

            @Doc("insert: number of the line after which to insert; 0 for the beginning, -1 for the end.") @Nullable
            Integer insertLine,

            @Doc("insert: what to insert.") @Nullable String insertText,

            @Doc("rename: the block's path until now.") @Nullable
            String oldPath,

            @Doc("rename: its new path.") @Nullable String newPath) {}

    private ToolEffect start(Command call, ToolContext context) {
        return tx -> {
            AgentBlocks memory = new AgentBlocks(blocks, tx, context.agentId(), context.threadId());
            return switch (call.command) {
                case "create" -> create(call, memory);
                case "str_replace" -> replace(call, memory);
                case "insert" -> insert(call, memory);
                case "delete" -> delete(call, memory);
                case "rename" -> rename(call, memory);
                default ->
                    failed("Error: Unknown command '" + call.command
                            + "'. Supported commands: create, str_replace, insert, delete, rename");
            };
        };
    }

    private static ToolOutcome create(Command call, AgentBlocks memory) {
        if (call.path == null) {
            return required("path", call);
        }
        if (call.description == null) {
            return required("description", call);
        }
        String label = label(call.path);
        return done(
                memory,
                memory.create(label, call.description, Objects.requireNonNullElse(call.fileText, "")),
                "",
                "Successfully created memory block '" + label
                        + "'. Your system prompt has been recompiled with the new memory block" + NOW_ACTIVE);
    }

    private static ToolOutcome replace(Command call, AgentBlocks memory) {
        if (call.path == null) {
            return required("path", call);
        }
        String old = call.oldString;
        String replacement = call.newString;
        if (old == null) {
            return required("old_string", call);
        }
        if (replacement == null) {
            return required("new_string", call);
        }
        String label = label(call.path);
        return edited(
                memory, label, memory.edit(label, value -> TextEdits.replaceOnce(label, value, old, replacement)));
    }

    private static ToolOutcome insert(Command call, AgentBlocks memory) {
        if (call.path == null) {
            return required("path", call);
        }
        Integer line = call.insertLine;
        String text = call.insertText;
        if (line == null) {
            return required("insert_line", call);
        }
        if (text == null) {
            return required("insert_text", call);
        }
        String label = label(call.path);
        return edited(memory, label, memory.edit(label, value -> TextEdits.insert(value, text, line)));
    }

    private static ToolOutcome delete(Command call, AgentBlocks memory) {
        if (call.path == null) {
            return required("path", call);
        }
        String label = label(call.path);
        return done(
                memory,
                memory.detach(label),
                "Error performing delete: ",
                "Successfully deleted memory block '" + label
                        + "'. Your system prompt has been recompiled without this memory block" + NOW_ACTIVE);
    }

    private static ToolOutcome rename(Command call, AgentBlocks memory) {
        if (call.oldPath != null && call.newPath != null) {
            String from = label(call.oldPath);
            String to = label(call.newPath);
            return done(
                    memory,
                    memory.rename(from, to),
                    "Error performing rename: ",
                    "Successfully renamed memory block '" + from + "' to '" + to
                            + "'. Your system prompt has been recompiled with the renamed memory block" + NOW_ACTIVE);
        }
        if (call.path != null && call.description != null) {
            String label = label(call.path);
            return done(
                    memory,
                    memory.describe(label, call.description),
                    "Error performing rename: ",
                    "Successfully updated description of memory block '" + label
                            + "'. Your system prompt has been recompiled with the updated description" + NOW_ACTIVE);
        }
        return failed("Error: old_path and new_path, or path and description, are required for rename command");
    }

    private static ToolOutcome edited(AgentBlocks memory, String label, @Nullable Refusal refusal) {
        if (refusal != null) {
            return RecordTool.failed(NAME, refusal.kind(), refusal.text());
        }
        memory.write();
        return RecordTool.ok(memory.value(label));
    }

    private static ToolOutcome done(AgentBlocks memory, @Nullable Refusal refusal, String errorPrefix, String text) {
        if (refusal != null) {
            return RecordTool.failed(NAME, refusal.kind(), errorPrefix + refusal.text());
        }
        memory.write();
        return RecordTool.ok(text);
    }

    private static ToolOutcome required(String argument, Command call) {
        return failed("Error: " + argument + " is required for " + call.command + " command");
    }

    private static ToolOutcome failed(String text) {
        return RecordTool.failed(NAME, "ValueError", text);
    }

    /** The label that a path means; slashes after the folder belong to the label. */
    private static String label(String path) {
        return path.startsWith(FOLDER) ? path.substring(FOLDER.length()) : path;
    }
}
