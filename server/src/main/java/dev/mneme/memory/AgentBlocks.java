package dev.mneme.memory;

import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one thread while a tool changes them: every change is tried in mind first, and {@link #write} stores all or, when one
 * was refused and nobody calls it, none. Confined to one transaction.
 */
final class AgentBlocks {
    private final Blocks blocks;
    private final Tx tx;
    private final String agentId;
    private final String threadId;
    private final IsolatedBlocks isolated;
    private final List<Held> held = new ArrayList<>();
    private final List<Runnable> steps = new ArrayList<>();

    private static final Refusal READ_ONLY = Refusal.value("Error This block is read-only and cannot be edited.");

    /** A block as it would be now. */
    private static final class Held {
        private @Nullable Block stored;
        private boolean fresh;
        private String label;
        private String value;
        private final int limit;
        private final boolean readOnly;

        Held(@Nullable Block stored, String label, String value, int limit, boolean readOnly) {
            this.stored = stored;
            this.label = label;
            this.value = value;
            this.limit = limit;
            this.readOnly = readOnly;
        }
    }

    /** Why a change is not possible; kind is that of the Python exception which clients know. */
    record Refusal(String kind, String text) {
        static Refusal value(String text) {
            return new Refusal("ValueError", text);
        }
    }

    AgentBlocks(Blocks blocks, Tx tx, String agentId, String threadId) {
        this.blocks = blocks;
        this.tx = tx;
        this.agentId = agentId;
        this.threadId = threadId;
        this.isolated = new IsolatedBlocks(blocks);
        for (Block block : isolated.ofThread(tx, agentId, threadId)) {
            held.add(new Held(block, block.label(), block.value(), block.limit(), block.readOnly()));
        }
    }

    boolean has(String label) {
        return find(label) != null;
    }

    /** The text of a block that {@link #has}. */
    String value(String label) {
        Held block = find(label);
        return block == null ? "" : block.value;
    }

    Refusal unknown(String label) {
        String labels = held.stream().map(block -> block.label).collect(Collectors.joining(", "));
        return new Refusal(
                "KeyError", "'Block field " + label + " does not exist (available sections = " + labels + ")'");
    }

    /** Changes the text of a block by an edit of its newest text. */
    @Nullable
    Refusal edit(String label, Function<String, Edited> change) {
        Held block = find(label);
        if (block == null) {
            return unknown(label);
        }
        if (block.readOnly) {
            return READ_ONLY;
        }
        return switch (change.apply(block.value)) {
            case Edited.Refused refused -> Refusal.value(refused.text());
            case Edited.To to -> set(block, Texts.clean(to.value()));
        };
    }

    private @Nullable Refusal set(Held block, String value) {
        String tooLong = Blocks.tooLong(block.label, Block.length(block.value), value, block.limit);
        if (tooLong != null) {
            return Refusal.value(tooLong);
        }
        block.value = value;
        steps.add(() -> block.stored = blocks.edit(tx, stored(block), BlockPatch.value(value)));
        return null;
    }

    @Nullable
    Refusal create(String label, @Nullable String description, String value) {
        if (label.isBlank()) {
            return Refusal.value("Error: a memory block needs a label");
        }
        if (has(label)) {
            return Refusal.value("Error: Memory block '" + label + "' already exists");
        }
        String text = Texts.clean(value);
        String tooLong = Blocks.tooLong(label, 0, text, Blocks.DEFAULT_LIMIT);
        if (tooLong != null) {
            return Refusal.value(tooLong);
        }
        Held block = new Held(null, label, text, Blocks.DEFAULT_LIMIT, false);
        held.add(block);
        steps.add(() -> {
            block.stored = blocks.create(tx, null, NewBlock.of(label, text, description));
            blocks.attach(tx, agentId, block.stored.id());
        });
        return null;
    }

    @Nullable
    Refusal rename(String label, String newLabel) {
        Held block = find(label);
        if (block == null) {
            return unknown(label);
        }
        if (block.readOnly) {
            return READ_ONLY;
        }
        if (newLabel.isBlank()) {
            return Refusal.value("Error: a memory block needs a label");
        }
        if (has(newLabel)) {
            return Refusal.value("Error: Memory block '" + newLabel + "' already exists");
        }
        if (block.stored != null && blocks.rival(tx, block.stored.id(), newLabel) != null) {
            return Refusal.value("Error: another agent shares this block and already has a block '" + newLabel + "'");
        }
        block.label = newLabel;
        steps.add(() -> block.stored = blocks.edit(tx, stored(block), BlockPatch.naming(newLabel, null)));
        return null;
    }

    @Nullable
    Refusal describe(String label, String description) {
        Held block = find(label);
        if (block == null) {
            return unknown(label);
        }
        if (block.readOnly) {
            return READ_ONLY;
        }
        steps.add(() -> block.stored = blocks.edit(tx, stored(block), BlockPatch.naming(null, description)));
        return null;
    }

    /** Takes the block from the thread, a read-only one too; a shared block itself stays for whoever else holds it. */
    @Nullable
    Refusal detach(String label) {
        Held block = find(label);
        if (block == null) {
            return unknown(label);
        }
        held.remove(block);
        steps.add(() -> isolated.giveUp(tx, agentId, threadId, stored(block).id()));
        return null;
    }

    /** Stores everything that was changed, in the order in which it was. */
    void write() {
        steps.forEach(Runnable::run);
        steps.clear();
    }

    private static Block stored(Held block) {
        return Objects.requireNonNull(block.stored, "its creation is an earlier step");
    }

    private @Nullable Held find(String label) {
        for (Held block : held) {
            if (block.label.equals(label)) {
                if (block.stored != null && !block.fresh) {
                    // The newest row, locked: two agents that share a block take turns and lose nothing.
                    block.stored = blocks.forTool(tx, block.stored);
                    block.value = block.stored.value();
                    block.fresh = true;
                }
                return block;
            }
        }
        return null;
    }
}
