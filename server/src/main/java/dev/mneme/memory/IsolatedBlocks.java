package dev.mneme.memory;

import dev.mneme.base.Problem;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks a thread sees: those of its agent, some of them replaced by a conversation's private copies (contract 04 §8). Thread-safe.
 *
 * <p>A copy stands for one shared block, wherever the agent keeps it and whatever it is called there later.
 */
public final class IsolatedBlocks {
    private final Blocks blocks;

    public IsolatedBlocks(Blocks blocks) {
        this.blocks = blocks;
    }

    /** The blocks of a thread in the order of the prompt: a copy takes its original's place, or the end when the agent gave that up. */
    public List<Block> ofThread(Tx tx, String agentId, String threadId) {
        List<Block> shared = blocks.ofAgent(tx, agentId);
        return threadId.equals(agentId) ? shared : merged(tx, shared, threadId);
    }

    private List<Block> merged(Tx tx, List<Block> shared, String conversationId) {
        List<IsolatedBlockSql.Link> links = IsolatedBlockSql.links(tx, conversationId);
        if (links.isEmpty()) {
            return shared;
        }
        Map<String, IsolatedBlockSql.Link> byOriginal = new HashMap<>();
        links.forEach(link -> byOriginal.put(link.sharedBlockId(), link));
        List<Block> out = new ArrayList<>();
        for (Block block : shared) {
            IsolatedBlockSql.Link link = byOriginal.remove(block.id());
            Block seen = link == null ? block : copy(tx, link);
            if (seen != null) {
                out.add(seen);
            }
        }
        links.stream()
                .filter(link -> byOriginal.containsKey(link.sharedBlockId()))
                .map(link -> copy(tx, link))
                .filter(Objects::nonNull)
                .forEach(out::add);
        return out;
    }

    private @Nullable Block copy(Tx tx, IsolatedBlockSql.Link link) {
        return link.blockId() == null ? null : blocks.find(tx, link.blockId());
    }

    /** Gives a conversation copies of these blocks of its agent; answers their ids. 400 for a label that the agent does not have. */
    public List<String> isolate(
            Tx tx, @Nullable String userId, String agentId, String conversationId, List<String> labels) {
        Map<String, Block> byLabel = new HashMap<>();
        blocks.ofAgent(tx, agentId).forEach(block -> byLabel.put(block.label(), block));
        List<String> copies = new ArrayList<>();
        for (String label : new LinkedHashSet<>(labels)) {
            Block original = byLabel.get(label);
            if (original == null) {
                throw Problem.invalid("Block with label '" + label + "' not found on agent '" + agentId + "'");
            }
            Block copy = blocks.restore(tx, userId, NewBlock.copyOf(original));
            IsolatedBlockSql.link(tx, conversationId, original.id(), copy.id(), copies.size());
            copies.add(copy.id());
        }
        return copies;
    }

    /** A conversation's copy of a block; copy null: it gave the block up. */
    public record Link(String sharedBlockId, @Nullable Block copy) {}

    /** What a conversation has in the place of its agent's blocks, in order. */
    public List<Link> links(Tx tx, String conversationId) {
        return IsolatedBlockSql.links(tx, conversationId).stream()
                .map(link -> new Link(link.sharedBlockId(), copy(tx, link)))
                .toList();
    }

    /** Notes what a new conversation has in the place of its agent's blocks. */
    public void link(Tx tx, String conversationId, List<Link> links) {
        for (int i = 0; i < links.size(); i++) {
            Block copy = links.get(i).copy();
            IsolatedBlockSql.link(tx, conversationId, links.get(i).sharedBlockId(), copy == null ? null : copy.id(), i);
        }
    }

    /** The ids of a conversation's copies. */
    public List<String> idsOf(Tx tx, String conversationId) {
        return IsolatedBlockSql.links(tx, conversationId).stream()
                .map(IsolatedBlockSql.Link::blockId)
                .filter(Objects::nonNull)
                .toList();
    }

    /** As {@link #idsOf} for many conversations at once; those without copies are absent. */
    public Map<String, List<String>> idsOf(Tx tx, List<String> conversationIds) {
        return IsolatedBlockSql.copies(tx, conversationIds);
    }

    /** Takes a block from a thread: a copy from its conversation, which sees the original no more, and any other from the agent. */
    void giveUp(Tx tx, String agentId, String threadId, String blockId) {
        if (threadId.equals(agentId) || !idsOf(tx, threadId).contains(blockId)) {
            blocks.detach(tx, agentId, blockId);
        } else {
            IsolatedBlockSql.deleteBlock(tx, blockId);
        }
    }

    /** Deletes the copies of a conversation that goes away. */
    public void drop(Tx tx, String conversationId) {
        IsolatedBlockSql.deleteOfConversation(tx, conversationId);
    }

    /** Deletes the copies of all conversations of an agent that goes away. */
    public void dropOfAgent(Tx tx, String agentId) {
        IsolatedBlockSql.deleteOfAgent(tx, agentId);
    }
}
