package dev.mneme.agent;

import dev.mneme.file.AgentFiles;
import dev.mneme.memory.ArchiveRows;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.IsolatedBlocks;
import dev.mneme.memory.Recall;
import dev.mneme.message.Message;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.mcp.ServerEntries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads what an export takes along: the agent, and as far as was asked for all that hangs on it. Confined to one transaction. */
final class Packing {
    /** The rooms that an export reads from. */
    record Shelves(Snapshots snapshots, Blocks blocks, Recall recall, AgentFiles files, ServerEntries servers) {}

    private final Tx tx;
    private final Shelves shelves;
    private final ExportWish wish;
    private final IsolatedBlocks isolated;

    Packing(Tx tx, Shelves shelves, ExportWish wish) {
        this.tx = tx;
        this.shelves = shelves;
        this.wish = wish;
        this.isolated = new IsolatedBlocks(shelves.blocks());
    }

    /** The agent first, then the members of its groups and of theirs. threadId: whose context the first one's is. */
    List<Packed> pack(AgentState first, String threadId) {
        Map<String, Packed> out = new LinkedHashMap<>();
        out.put(first.id(), one(first, threadId));
        Set<String> open = new LinkedHashSet<>(members(out.get(first.id())));
        while (!open.isEmpty()) {
            String id = open.iterator().next();
            open.remove(id);
            AgentState member = out.containsKey(id) ? null : AgentSql.find(tx, id);
            if (member != null) {
                Packed packed = one(member, id);
                out.put(id, packed);
                open.addAll(members(packed));
            }
        }
        return List.copyOf(out.values());
    }

    private static List<String> members(Packed packed) {
        return packed.groups().stream()
                .flatMap(group -> group.agentIds().stream())
                .toList();
    }

    private Packed one(AgentState agent, String threadId) {
        String id = agent.id();
        AgentSnapshot snapshot = shelves.snapshots().of(tx, agent, threadId);
        boolean alone = wish.extent() == ExportWish.Extent.ALONE;
        return new Packed(
                snapshot,
                messages(snapshot),
                AgentPartsSql.tags(tx, id),
                AgentPartsSql.secrets(tx, id).stream().map(AgentSecret::key).toList(),
                alone ? List.of() : GroupSql.managedBy(tx, List.of(id)).getOrDefault(id, List.of()),
                alone ? List.of() : shelves.files().folders(tx, id),
                alone ? List.of() : shelves.files().files(tx, id),
                wish.complete() ? ArchiveRows.ofAgent(tx, id) : null,
                wish.complete() ? conversations(id) : List.of(),
                wish.complete() ? IdentitySql.ofAgents(tx, List.of(id)).getOrDefault(id, List.of()) : List.of());
    }

    private List<String> messages(AgentSnapshot snapshot) {
        if (wish.scrubMessages()) {
            return List.of();
        }
        return wish.complete()
                ? shelves.recall().ids(tx, snapshot.state().id())
                : snapshot.context().stream().map(Message::id).toList();
    }

    private List<Packed.Thread> conversations(String agentId) {
        Conversation.Filter all =
                new Conversation.Filter(agentId, null, null, Conversation.Order.CREATED_AT, true, Integer.MAX_VALUE);
        List<Packed.Thread> out = new ArrayList<>();
        for (Conversation one : ConversationSql.list(tx, all)) {
            out.add(new Packed.Thread(
                    one,
                    shelves.recall().contextIds(tx, one.id()),
                    ConversationSql.shared(tx, one.id()),
                    isolated.links(tx, one.id()).stream()
                            .map(link -> new Packed.Isolated(link.sharedBlockId(), link.copy()))
                            .toList()));
        }
        return out;
    }

    /** The servers that tools came from, once each. */
    List<Packed.Server> servers(List<ToolRow> tools) {
        return wish.extent() == ExportWish.Extent.ALONE
                ? List.of()
                : shelves.servers().of(tx, tools).stream()
                        .map(entry -> new Packed.Server(entry.id(), entry.json()))
                        .toList();
    }

    /** Once each, in the order they are met in. */
    static <T> List<T> once(List<Packed> agents, Function<Packed, List<T>> of, Function<T, String> id) {
        return List.copyOf(agents.stream()
                .flatMap(agent -> of.apply(agent).stream())
                .collect(Collectors.toMap(id, one -> one, (one, again) -> one, LinkedHashMap::new))
                .values());
    }
}
