package dev.mneme.memory;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.store.Db;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Core memory: the blocks of an organisation and which agents hold them. Thread-safe.
 *
 * <p>Limits are enforced at every write. A block that is over its limit (from an import) loads; only its growth is refused.
 */
public final class Blocks {
    /** Characters a block may hold when nobody says otherwise (contract 04 §1). */
    public static final int DEFAULT_LIMIT = 100_000;

    /** Characters in the label filter of a list (contract 07 §7.6). */
    private static final int LABEL_FILTER_CHARS = 50;

    /** Characters in a value filter of a list (contract 07 §7.6). */
    private static final int VALUE_SEARCH_CHARS = 200;

    private static final Pattern LABEL_FILTER = Pattern.compile("[a-zA-Z0-9_/-]+");

    /** What the two usual blocks are for, when their maker does not say (contract 01 §4.3). */
    private static final Map<String, String> STOCK_DESCRIPTIONS = Map.of(
            "human",
            "What you know about the person you talk with: name, circumstances, preferences, what matters to them. "
                    + "It makes your answers fit this person.",
            "persona",
            "Who you are: character, tone, principles and ways of working. It keeps you the same from one "
                    + "conversation to the next.");

    private final Db db;
    private final Clock clock;

    public Blocks(Db db) {
        this.db = db;
        this.clock = db.clock();
    }

    /** Makes a block that nobody holds yet. */
    public Block create(Tx tx, @Nullable String userId, NewBlock wanted) {
        Block block = block(userId, wanted);
        refuseGrowth(block.label(), 0, block.value(), block.limit());
        BlockSql.insert(tx, block);
        return block;
    }

    /** As {@link #create} in a transaction of its own. */
    public Block create(String org, @Nullable String userId, NewBlock wanted) {
        return db.of(org).write(tx -> create(tx, userId, wanted));
    }

    /** Makes a block from a file or an older server, even if its value is over its limit. */
    public Block restore(Tx tx, @Nullable String userId, NewBlock wanted) {
        Block block = block(userId, wanted);
        BlockSql.insert(tx, block);
        return block;
    }

    private Block block(@Nullable String userId, NewBlock wanted) {
        String label = checkedLabel(wanted.label());
        int limit = checkedLimit(wanted.limit() == null ? DEFAULT_LIMIT : wanted.limit());
        long now = clock.next();
        String description = Texts.cleanOrNull(wanted.description());
        return new Block(
                IdKind.BLOCK.next(),
                label,
                Texts.clean(Objects.requireNonNullElse(wanted.value(), "")),
                limit,
                description == null ? STOCK_DESCRIPTIONS.get(label) : description,
                wanted.readOnly(),
                wanted.isTemplate(),
                wanted.templateName(),
                wanted.metadata() == null || wanted.metadata().isNull() ? Json.object() : wanted.metadata(),
                tags(wanted.tags()),
                wanted.hidden(),
                wanted.preserveOnMigration(),
                wanted.projectId(),
                wanted.templateId(),
                wanted.baseTemplateId(),
                wanted.deploymentId(),
                wanted.entityId(),
                1,
                now,
                now,
                userId,
                userId);
    }

    public Block get(String org, String id) {
        return db.of(org).read(tx -> require(BlockSql.find(tx, id), id));
    }

    public @Nullable Block find(Tx tx, String id) {
        return BlockSql.find(tx, id);
    }

    /** The block, or the contract's 404. */
    public Block require(Tx tx, String id) {
        return require(BlockSql.find(tx, id), id);
    }

    /** The blocks of an agent in the order of their attachment: the order of the prompt. */
    public List<Block> ofAgent(Tx tx, String agentId) {
        return BlockSql.ofAgent(tx, agentId);
    }

    /** As {@link #ofAgent} for many agents in few queries; agents without blocks are absent. */
    public Map<String, List<Block>> ofAgents(Tx tx, Collection<String> agentIds) {
        return BlockSql.ofAgents(tx, agentIds);
    }

    /** The block that an agent holds under a label, or the contract's 404. */
    public Block ofAgentByLabel(String org, String agentId, String label) {
        return db.of(org).read(tx -> byLabel(tx, agentId, label));
    }

    private static Block byLabel(Tx tx, String agentId, String label) {
        String id = BlockSql.attached(tx, agentId, label);
        Block block = id == null ? null : BlockSql.find(tx, id);
        if (block == null) {
            throw Problem.notFound("No block with label '" + label + "' found for agent '" + agentId + "'.");
        }
        return block;
    }

    /**
     * What a block held before its last changes, newest first: at most {@value BlockVersionSql#KEPT} versions are kept. Changes of
     * tags and other marks make none.
     */
    public List<BlockVersion> history(String org, String id, int limit) {
        return db.of(org).read(tx -> {
            require(tx, id);
            return BlockVersionSql.list(tx, id, limit);
        });
    }

    public List<Block> list(String org, BlockFilter filter, Page page) {
        check(filter);
        return db.of(org).read(tx -> BlockSql.list(tx, filter, page));
    }

    public int count(String org, BlockFilter filter) {
        check(filter);
        return db.of(org).read(tx -> BlockSql.count(tx, filter));
    }

    /** Changes a block for every agent that holds it. Without a change nothing is written. */
    public Block patch(String org, @Nullable String userId, String id, BlockPatch patch) {
        return db.of(org).write(tx -> patch(tx, userId, require(BlockSql.forChange(tx, id), id), patch));
    }

    /** As {@link #patch}, by the label under which an agent holds the block. */
    public Block patchByLabel(String org, @Nullable String userId, String agentId, String label, BlockPatch patch) {
        return db.of(org).write(tx -> {
            String id = byLabel(tx, agentId, label).id();
            return patch(tx, userId, require(BlockSql.forChange(tx, id), id), patch);
        });
    }

    /** Replaces the one occurrence of a text in the block that an agent holds under a label; 400 when there is none or more than one. */
    public Block replaceByLabel(
            String org, @Nullable String userId, String agentId, String label, String oldString, String newString) {
        return db.of(org).write(tx -> {
            String id = byLabel(tx, agentId, label).id();
            Block old = require(BlockSql.forChange(tx, id), id);
            return switch (TextEdits.replaceOnce(label, old.value(), oldString, newString)) {
                case Edited.To(String value) -> patch(tx, userId, old, BlockPatch.value(value));
                case Edited.Refused(String text) -> throw Problem.invalid(text);
            };
        });
    }

    private Block patch(Tx tx, @Nullable String userId, Block old, BlockPatch patch) {
        Block changed = patched(old, patch, userId);
        if (!changed.label().equals(old.label())) {
            String rival = BlockSql.rival(tx, old.id(), changed.label());
            if (rival != null) {
                throw Problem.conflict("Agent " + rival + " already has a block with label '" + changed.label()
                        + "'. Detach or rename that one first.");
            }
        }
        if (changed.limit() < old.limit() && changed.chars() > changed.limit()) {
            throw Problem.invalid("Block '" + changed.label() + "' holds " + changed.chars()
                    + " characters, more than the new limit of " + changed.limit()
                    + ". Send a shorter value along with the limit.");
        }
        refuseGrowth(changed.label(), old.chars(), changed.value(), changed.limit());
        if (same(old, changed)) {
            return old;
        }
        if (!saysTheSame(old, changed)) {
            BlockVersionSql.keep(tx, old, changed.updatedAt(), userId);
        }
        BlockSql.update(tx, changed, !old.tags().equals(changed.tags()));
        if (!changed.label().equals(old.label())) {
            BlockSql.relabel(tx, old.id(), changed.label());
        }
        return changed;
    }

    private Block patched(Block old, BlockPatch patch, @Nullable String userId) {
        return new Block(
                old.id(),
                patch.label() == null ? old.label() : checkedLabel(patch.label()),
                patch.value() == null ? old.value() : Texts.clean(patch.value()),
                patch.limit() == null ? old.limit() : checkedLimit(patch.limit()),
                patch.description() == null ? old.description() : Texts.clean(patch.description()),
                or(patch.readOnly(), old.readOnly()),
                or(patch.isTemplate(), old.isTemplate()),
                patch.templateName() == null ? old.templateName() : patch.templateName(),
                or(patch.metadata(), old.metadata()),
                patch.tags() == null ? old.tags() : tags(patch.tags()),
                patch.hidden() == null ? old.hidden() : patch.hidden(),
                or(patch.preserveOnMigration(), old.preserveOnMigration()),
                patch.projectId() == null ? old.projectId() : patch.projectId(),
                patch.templateId() == null ? old.templateId() : patch.templateId(),
                patch.baseTemplateId() == null ? old.baseTemplateId() : patch.baseTemplateId(),
                patch.deploymentId() == null ? old.deploymentId() : patch.deploymentId(),
                patch.entityId() == null ? old.entityId() : patch.entityId(),
                old.version() + 1,
                old.createdAt(),
                clock.next(),
                old.createdById(),
                userId == null ? old.lastUpdatedById() : userId);
    }

    private static <T> T or(@Nullable T changed, T old) {
        return changed == null ? old : changed;
    }

    private static boolean same(Block old, Block changed) {
        return withoutMarks(old).equals(withoutMarks(changed));
    }

    private static boolean saysTheSame(Block old, Block changed) {
        return old.value().equals(changed.value())
                && old.label().equals(changed.label())
                && old.limit() == changed.limit()
                && Objects.equals(old.description(), changed.description());
    }

    private static Block withoutMarks(Block block) {
        return new Block(
                block.id(),
                block.label(),
                block.value(),
                block.limit(),
                block.description(),
                block.readOnly(),
                block.isTemplate(),
                block.templateName(),
                block.metadata(),
                block.tags(),
                block.hidden(),
                block.preserveOnMigration(),
                block.projectId(),
                block.templateId(),
                block.baseTemplateId(),
                block.deploymentId(),
                block.entityId(),
                0,
                0,
                0,
                null,
                null);
    }

    /** Deletes a block for every agent that holds it. */
    public void delete(String org, String id) {
        db.of(org).write(tx -> {
            if (BlockSql.delete(tx, id) == 0) {
                throw missing(id);
            }
            return true;
        });
    }

    /** Gives a block to an agent; again is no change. 409 when the agent holds another block of that label. */
    public void attach(Tx tx, String agentId, String blockId) {
        Block block = require(BlockSql.find(tx, blockId), blockId);
        String holder = BlockSql.attached(tx, agentId, block.label());
        if (blockId.equals(holder)) {
            return;
        }
        if (holder != null) {
            throw Problem.conflict("Agent " + agentId + " already has a block with label '" + block.label() + "' ("
                    + holder + "). Detach it first or give the new one another label.");
        }
        BlockSql.attach(tx, agentId, block);
    }

    /** Takes a block from an agent; 404 when it does not hold it. The block itself stays. */
    public void detach(Tx tx, String agentId, String blockId) {
        if (BlockSql.detach(tx, agentId, blockId) == 0) {
            throw Problem.notFound("Block with id=" + blockId + " is not attached to agent " + agentId + ".");
        }
    }

    /** Ids of the agents that hold a block, by their age. */
    public List<String> agentsOf(String org, String blockId, Page page) {
        return db.of(org).read(tx -> BlockSql.agentsOf(tx, blockId, page));
    }

    /**
     * What a memory tool may do with a block of its agent, in the ledger's transaction: rows are read fresh and stay locked,
     * so that agents that share a block never lose each other's edits.
     */
    Block forTool(Tx tx, Block seen) {
        return require(BlockSql.forChange(tx, seen.id()), seen.id());
    }

    /** Writes an edit of a tool. The caller has checked it with {@link #tooLong} and for a rename with {@link #rival}. */
    Block edit(Tx tx, Block old, BlockPatch patch) {
        return patch(tx, null, old, patch);
    }

    /** The agent that could not take this block under a new label, null when all can. */
    @Nullable
    String rival(Tx tx, String blockId, String label) {
        return BlockSql.rival(tx, blockId, label);
    }

    /** Why a value may not become this one; null when it may. */
    static @Nullable String tooLong(String label, int oldChars, String value, int limit) {
        int chars = Block.length(value);
        if (chars <= limit || chars <= oldChars) {
            return null;
        }
        return "Block '" + label + "' would hold " + chars + " characters, more than its limit of " + limit
                + ". It holds " + oldChars + " now: shorten the text or move details elsewhere.";
    }

    private static void refuseGrowth(String label, int oldChars, String value, int limit) {
        String reason = tooLong(label, oldChars, value, limit);
        if (reason != null) {
            throw Problem.invalid(reason);
        }
    }

    private static String checkedLabel(String label) {
        String clean = Texts.clean(label);
        if (clean.isBlank()) {
            throw Problem.invalid("A block needs a label, for example 'human' or 'notes'.");
        }
        return clean;
    }

    private static int checkedLimit(int limit) {
        if (limit < 1) {
            throw Problem.invalid("The limit of a block is a number of characters above 0, not " + limit + ".");
        }
        return limit;
    }

    private static List<String> tags(@Nullable List<String> tags) {
        return tags == null
                ? List.of()
                : new LinkedHashSet<>(tags)
                        .stream().map(Texts::clean).distinct().sorted().toList();
    }

    private static void check(BlockFilter filter) {
        String label = filter.label();
        if (label != null
                && (label.length() > LABEL_FILTER_CHARS
                        || !LABEL_FILTER.matcher(label).matches())) {
            throw Problem.unprocessable("label: 1 to " + LABEL_FILTER_CHARS
                    + " letters, digits, hyphens, underscores or slashes, not '" + label + "'.");
        }
        String value = filter.valueSearch();
        if (value != null && value.length() > VALUE_SEARCH_CHARS) {
            throw Problem.unprocessable("value_search: at most " + VALUE_SEARCH_CHARS + " characters.");
        }
    }

    private static Block require(@Nullable Block block, String id) {
        if (block == null) {
            throw missing(id);
        }
        return block;
    }

    private static Problem missing(String id) {
        return Problem.notFound("Block with id=" + id + " not found.");
    }
}
