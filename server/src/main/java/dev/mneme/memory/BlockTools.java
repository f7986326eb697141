package dev.mneme.memory;

import dev.mneme.memory.AgentBlocks.Refusal;
import dev.mneme.tool.Doc;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tools that edit core memory, apart from {@code memory} (contract 04 §3). */
final class BlockTools {
    private static final String LABEL = "Label of the memory block, as its tag in your memory shows it.";

    private final Blocks blocks;

    BlockTools(Blocks blocks) {
        this.blocks = blocks;
    }

    List<Tool> all() {
        return List.of(
                new RecordTool<>("core_memory_append", Append.class, this::append),
                new RecordTool<>("core_memory_replace", ReplaceAll.class, this::replaceAll),
                new RecordTool<>("memory_replace", Replace.class, this::replace),
                new RecordTool<>("memory_insert", Insert.class, this::insert),
                new RecordTool<>("memory_rethink", Rethink.class, this::rethink),
                new RecordTool<>("memory_apply_patch", ApplyPatch.class, this::applyPatch),
                new RecordTool<>("memory_finish_edits", FinishEdits.class, (a, c) -> tx -> RecordTool.ok("None")));
    }

    @Doc("Add a line at the end of a memory block. The edit is part of your memory from the next step on.")
    record Append(
            @Doc(LABEL) String label,
            @Doc("What to add. It gets a line of its own.") String content) {}

    private ToolEffect append(Append call, ToolContext context) {
        return edit("core_memory_append", call.label, context, value -> TextEdits.append(value, call.content));
    }

    @Doc("Replace a piece of text in a memory block, wherever it occurs there. Give an empty new text to delete it.")
    record ReplaceAll(
            @Doc(LABEL) String label,

            @Doc("The text to replace, exactly as the block has it.")
            String oldContent,

            @Doc("The text that takes its place; empty to delete.")
            String newContent) {}

    private ToolEffect replaceAll(ReplaceAll call, ToolContext context) {
        return edit(
                "core_memory_replace",
                call.label,
                context,
                value -> TextEdits.replaceAll(call.label, value, call.oldContent, call.newContent));
    }

    @Doc(
            "Replace one exact piece of text in a memory block. The old text must occur there exactly once, so give enough "
                    + "of its surroundings. Made for small corrections.")
    record Replace(
            @Doc(LABEL) String label,

            @Doc("The text to replace, exactly as the block has it, spaces and line breaks included, without line "
                    + "numbers.")
            String oldString,

            @Doc("The text that takes its place; empty to delete. No line numbers.")
            String newString) {}

    private ToolEffect replace(Replace call, ToolContext context) {
        return edit(
                "memory_replace",
                call.label,
                context,
                value -> TextEdits.replaceOnce(call.label, value, call.oldString, call.newString));
    }

    @Doc("Insert lines into a memory block at a given place.")
    record Insert(
            @Doc(LABEL) String label,

            @Doc("What to insert, one line or several. No line numbers.")
            String newString,

            @Doc("Number of the line after which to insert: 0 for the beginning, -1 (if you leave it out) for the end.")
            @Nullable
            Integer insertLine) {}

    private ToolEffect insert(Insert call, ToolContext context) {
        int line = call.insertLine == null ? -1 : call.insertLine;
        return edit("memory_insert", call.label, context, value -> TextEdits.insert(value, call.newString, line));
    }

    @Doc(
            "Rewrite a memory block as a whole. Made for reorganising and condensing; for small changes use the tools that "
                    + "replace or insert.")
    record Rethink(
            @Doc(LABEL) String label,

            @Doc("The whole new text of the block: what you leave out is forgotten. No line numbers.")
            String newMemory) {}

    private ToolEffect rethink(Rethink call, ToolContext context) {
        return rewrite("memory_rethink", call.label, context, call.newMemory);
    }

    /** Gives a block a whole new text, for the tool of this name. */
    ToolEffect rewrite(String tool, String label, ToolContext context, String text) {
        return edit(tool, label, context, value -> TextEdits.rewrite(text));
    }

    @Doc("Say that the memory is in order and nothing is left to edit.")
    record FinishEdits() {}

    private ToolEffect edit(String tool, String label, ToolContext context, Function<String, Edited> change) {
        return tx -> {
            AgentBlocks memory = new AgentBlocks(blocks, tx, context.agentId(), context.threadId());
            Refusal refusal = memory.edit(label, change);
            if (refusal != null) {
                return RecordTool.failed(tool, refusal.kind(), refusal.text());
            }
            memory.write();
            return RecordTool.ok(memory.value(label));
        };
    }

    @Doc(
            "Edit memory by a patch. For one block: lines that begin with a space (unchanged context), '-' (remove) or '+' "
                    + "(add), several places parted by lines '@@'. For several blocks at once, with or without an edit: sections "
                    + "'*** Add Block: label' (with 'Description: …' and '+' lines), '*** Update Block: label' (with patch lines, "
                    + "and '*** Move to: new label' to rename) and '*** Delete Block: label'. Either all of it is done or nothing.")
    record ApplyPatch(
            @Doc("Label of the memory block to patch; not looked at when the patch names blocks itself.")
            String label,

            @Doc("The patch. No line numbers in it.") String patch) {}

    private ToolEffect applyPatch(ApplyPatch call, ToolContext context) {
        return tx -> {
            AgentBlocks memory = new AgentBlocks(blocks, tx, context.agentId(), context.threadId());
            if (Hunks.hasLineNumbers(call.patch)) {
                return patchFailed(Refusal.value("Patch contains a line number prefix, which is not allowed. Do not"
                        + " include line numbers (they are for display only)."));
            }
            return BlockOperation.occursIn(call.patch) ? patchMany(call, memory) : patchOne(call, memory);
        };
    }

    private static ToolOutcome patchOne(ApplyPatch call, AgentBlocks memory) {
        if (!memory.has(call.label)) {
            return patchFailed(doesNotExist(call.label));
        }
        Refusal refusal = memory.edit(call.label, value -> Hunks.apply(value, List.of(call.patch.split("\r?\n", -1))));
        if (refusal != null) {
            return patchFailed(refusal);
        }
        memory.write();
        return RecordTool.ok(memory.value(call.label));
    }

    private static ToolOutcome patchMany(ApplyPatch call, AgentBlocks memory) {
        List<String> done = new ArrayList<>();
        for (BlockOperation operation : BlockOperation.parse(call.patch)) {
            Refusal refusal = apply(memory, operation, done);
            if (refusal != null) {
                return patchFailed(refusal);
            }
        }
        memory.write();
        return RecordTool.ok("Successfully applied memory patch operations. Your system prompt has been recompiled with"
                + " the updated memory contents and is now active in your context.\n\nOperations completed:\n- "
                + String.join("\n- ", done));
    }

    private static @Nullable Refusal apply(AgentBlocks memory, BlockOperation operation, List<String> done) {
        String label = operation.label();
        if (!(operation instanceof BlockOperation.Add) && !memory.has(label)) {
            return doesNotExist(label);
        }
        return switch (operation) {
            case BlockOperation.Add add -> {
                done.add("Created memory block '" + label + "'");
                yield memory.create(label, add.description(), add.value());
            }
            case BlockOperation.Delete delete -> {
                done.add("Deleted memory block '" + label + "'");
                yield memory.detach(label);
            }
            case BlockOperation.Update update -> update(memory, update, done);
        };
    }

    private static @Nullable Refusal update(AgentBlocks memory, BlockOperation.Update update, List<String> done) {
        String label = update.label();
        boolean hunks = update.lines().stream().anyMatch(line -> !line.isBlank());
        if (update.moveTo() != null) {
            done.add("Renamed memory block '" + label + "' to '" + update.moveTo() + "'");
        }
        if (hunks || update.moveTo() == null) {
            done.add("Updated memory block '" + label + "'");
            Refusal refusal = memory.edit(label, value -> Hunks.apply(value, update.lines()));
            if (refusal != null) {
                return refusal;
            }
        }
        return update.moveTo() == null ? null : memory.rename(label, update.moveTo());
    }

    private static Refusal doesNotExist(String label) {
        return Refusal.value("Error: Memory block '" + label + "' does not exist");
    }

    private static ToolOutcome patchFailed(Refusal refusal) {
        return RecordTool.failed("memory_apply_patch", refusal.kind(), refusal.text());
    }
}
