package dev.mneme.agent;

import dev.mneme.file.AgentFiles;
import dev.mneme.memory.Block;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.Recall;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.store.Tx;
import dev.mneme.tool.Tools;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what hangs on agents. */
final class Loading {
    private final Tools tools;
    private final Blocks blocks;
    private final Recall recall;
    private final AgentFiles files;

    Loading(Tools tools, Blocks blocks, Recall recall, AgentFiles files) {
        this.tools = tools;
        this.blocks = blocks;
        this.recall = recall;
        this.files = files;
    }

    Loaded of(Tx tx, AgentState agent, Set<Relation> asked) {
        return of(tx, List.of(agent), asked).getFirst();
    }

    List<Loaded> of(Tx tx, List<AgentState> agents, Set<Relation> asked) {
        List<String> ids = agents.stream().map(AgentState::id).toList();
        Map<String, List<String>> contexts = AgentPartsSql.contexts(tx, ids);
        Map<String, List<Block>> held = asked.contains(Relation.BLOCKS) ? blocks.ofAgents(tx, ids) : Map.of();
        Map<String, List<GroupState>> groups =
                asked.contains(Relation.MANAGED_GROUP) ? GroupSql.managedBy(tx, ids) : Map.of();
        Map<String, List<Identity>> owners =
                asked.contains(Relation.IDENTITIES) ? IdentitySql.ofAgents(tx, ids) : Map.of();
        return agents.stream()
                .map(agent -> new Loaded(
                        agent,
                        contexts.getOrDefault(agent.id(), List.of()),
                        held.getOrDefault(agent.id(), List.of()),
                        asked.contains(Relation.TOOLS) ? tools.ofAgent(tx, agent.id()) : List.of(),
                        asked.contains(Relation.TAGS) ? AgentPartsSql.tags(tx, agent.id()) : List.of(),
                        asked.contains(Relation.SECRETS) ? AgentPartsSql.secrets(tx, agent.id()) : List.of(),
                        asked.contains(Relation.PENDING_APPROVAL) ? pending(tx, contexts.get(agent.id())) : null,
                        groups.containsKey(agent.id()) ? groups.get(agent.id()).getFirst() : null,
                        owners.getOrDefault(agent.id(), List.of()),
                        asked.contains(Relation.SOURCES) ? files.folders(tx, agent.id()) : List.of(),
                        asked.contains(Relation.BLOCKS) ? files.files(tx, agent.id()) : List.of()))
                .toList();
    }

    private @Nullable Message pending(Tx tx, @Nullable List<String> context) {
        Message last = context == null || context.isEmpty() ? null : recall.find(tx, context.getLast());
        boolean open = last != null
                && last.role() == Role.APPROVAL
                && !last.toolCalls().isEmpty();
        return open ? last : null;
    }

    /** The same with the values that this request brought, for its own answer only. */
    static Loaded withClear(Loaded agent, Map<String, String> values) {
        List<AgentSecret> clear = agent.secrets().stream()
                .map(secret -> new AgentSecret(
                        secret.id(),
                        secret.agentId(),
                        secret.organizationId(),
                        secret.key(),
                        values.getOrDefault(secret.key(), secret.value()),
                        secret.description()))
                .toList();
        return new Loaded(
                agent.state(),
                agent.messageIds(),
                agent.blocks(),
                agent.tools(),
                agent.tags(),
                clear,
                agent.pendingApproval(),
                agent.managedGroup(),
                agent.identities(),
                agent.folders(),
                agent.files());
    }
}
