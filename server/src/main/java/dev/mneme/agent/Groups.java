package dev.mneme.agent;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.Recall;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The groups of an organisation: made, changed, read, deleted (contract 08). Thread-safe. */
public final class Groups {
    /** Turns between two looks of the background agents of an automatic group (contract 08 §8.3). */
    static final int FREQUENCY = 5;

    /** Messages in the buffers of a voice agent's automatic group (contract 08 §8.3). */
    static final int VOICE_BUFFER_MOST = 30;

    static final int VOICE_BUFFER_LEAST = 15;

    /** Members of one group: the talk of more nobody could follow, and each turn of it costs a model call. */
    private static final int MOST_MEMBERS = 100;

    /** What the counter says before the first turn. */
    private static final int NOT_COUNTED = -1;

    private final Db db;
    private final Clock clock;
    private final Blocks blocks;
    private final Recall recall;

    public Groups(Db db, Blocks blocks, Recall recall) {
        this.db = db;
        this.clock = db.clock();
        this.blocks = blocks;
        this.recall = recall;
    }

    public GroupState create(String org, @Nullable String userId, NewGroup wanted) {
        GroupConfig config = wanted.config();
        GroupConfig.checkBuffers(config.maxMessageBufferLength(), config.minMessageBufferLength());
        GroupState group = new GroupState(
                IdKind.GROUP.next(),
                config.type(),
                wanted.agentIds(),
                wanted.description(),
                wanted.projectId(),
                null,
                null,
                null,
                List.copyOf(new LinkedHashSet<>(wanted.sharedBlockIds())),
                config.managerAgentId(),
                config.terminationToken(),
                config.maxTurns(),
                config.sleeptimeAgentFrequency(),
                config.sleeptimeAgentFrequency() == null ? null : Integer.valueOf(NOT_COUNTED),
                null,
                config.maxMessageBufferLength(),
                config.minMessageBufferLength(),
                wanted.hidden(),
                false,
                clock.next());
        return db.of(org).write(tx -> {
            checkMembers(tx, group);
            share(tx, group, group.sharedBlockIds());
            GroupSql.insert(tx, group, userId);
            return group;
        });
    }

    /** The group that enable_sleeptime makes of an agent and its companion. */
    static GroupState automatic(
            String mainId, String companionId, boolean voice, @Nullable String projectId, long now) {
        return new GroupState(
                IdKind.GROUP.next(),
                voice ? ManagerType.VOICE_SLEEPTIME : ManagerType.SLEEPTIME,
                List.of(companionId),
                "",
                projectId,
                null,
                null,
                null,
                List.of(),
                mainId,
                null,
                null,
                voice ? null : Integer.valueOf(FREQUENCY),
                voice ? null : Integer.valueOf(NOT_COUNTED),
                null,
                voice ? Integer.valueOf(VOICE_BUFFER_MOST) : null,
                voice ? Integer.valueOf(VOICE_BUFFER_LEAST) : null,
                null,
                true,
                now);
    }

    private static void checkMembers(Tx tx, GroupState group) {
        if (group.agentIds().size() > MOST_MEMBERS) {
            throw Problem.unprocessable("A group has at most " + MOST_MEMBERS + " members, not "
                    + group.agentIds().size() + ".");
        }
        Set<String> named = new LinkedHashSet<>(group.agentIds());
        if (group.managerAgentId() != null) {
            named.add(group.managerAgentId());
        }
        List<String> names = new ArrayList<>();
        Set<String> missing = new LinkedHashSet<>();
        for (String id : named) {
            AgentState agent = AgentSql.find(tx, id);
            if (agent == null) {
                missing.add(id);
            } else if (group.agentIds().contains(id)) {
                names.add(agent.name().toLowerCase(Locale.ROOT));
            }
        }
        if (!missing.isEmpty()) {
            throw Problem.notFound("Items not found in agents: "
                    + missing.stream().map(id -> "'" + id + "'").collect(Collectors.joining(", ", "{", "}")));
        }
        if (group.managerType() == ManagerType.DYNAMIC) {
            if (new HashSet<>(group.agentIds()).size() < group.agentIds().size()) {
                throw GroupConfig.refused("Duplicate agent ids found in list");
            }
            if (new HashSet<>(names).size() < names.size()) {
                throw GroupConfig.refused("Duplicate agent names found in list");
            }
        }
    }

    /** The group, or the contract's 404. */
    public GroupState get(String org, String id) {
        return db.of(org).read(tx -> require(tx, id));
    }

    public GroupState require(Tx tx, String id) {
        return present(GroupSql.find(tx, id), id);
    }

    private static GroupState requireForChange(Tx tx, String id) {
        return present(GroupSql.forChange(tx, id), id);
    }

    private static GroupState present(@Nullable GroupState group, String id) {
        if (group == null) {
            throw Problem.notFound("Group not found with id='" + id + "'");
        }
        return group;
    }

    public List<GroupState> list(String org, GroupFilter filter) {
        return db.of(org).read(tx -> GroupSql.list(tx, filter));
    }

    public int count(String org) {
        return db.of(org).read(GroupSql::count);
    }

    /** Changes a group; what the caller wrote counts, zeros, empty texts and nulls too. */
    public GroupState patch(String org, @Nullable String userId, String id, GroupPatch patch) {
        return db.of(org).write(tx -> {
            GroupState old = requireForChange(tx, id);
            GroupState changed = changed(old, patch);
            GroupConfig.checkBuffers(changed.maxMessageBufferLength(), changed.minMessageBufferLength());
            if (!changed.agentIds().equals(old.agentIds())
                    || !Objects.equals(changed.managerAgentId(), old.managerAgentId())) {
                checkMembers(tx, changed);
                GroupSql.setMembers(tx, id, changed.agentIds());
            }
            GroupSql.update(tx, changed, clock.next(), userId);
            List<String> dropped = new ArrayList<>(old.sharedBlockIds());
            dropped.removeAll(changed.sharedBlockIds());
            unshare(tx, old, dropped);
            share(tx, changed, changed.sharedBlockIds());
            GroupSql.setBlocks(tx, id, changed.sharedBlockIds());
            return changed;
        });
    }

    private static GroupState changed(GroupState old, GroupPatch patch) {
        GroupConfig config = patch.config() == null ? GroupConfig.unchanged(old.managerType()) : patch.config();
        if (config.type() != old.managerType()) {
            throw GroupConfig.refused("Cannot change group pattern after creation");
        }
        boolean manager = config.gives("manager_agent_id");
        if (manager && config.managerAgentId() == null) {
            throw GroupConfig.refused("manager_agent_id cannot be null: a group of this kind needs its manager");
        }
        boolean frequency = config.gives("sleeptime_agent_frequency");
        Integer newFrequency = frequency ? config.sleeptimeAgentFrequency() : old.sleeptimeAgentFrequency();
        Integer counter = old.turnsCounter();
        if (newFrequency != null && counter == null) {
            counter = NOT_COUNTED;
        }
        List<String> members = patch.agentIds();
        List<String> shared = patch.sharedBlockIds();
        String description = patch.description();
        return new GroupState(
                old.id(),
                old.managerType(),
                members == null ? old.agentIds() : members,
                description == null ? old.description() : description,
                patch.gives("project_id") ? patch.projectId() : old.projectId(),
                old.templateId(),
                old.baseTemplateId(),
                old.deploymentId(),
                shared == null ? old.sharedBlockIds() : List.copyOf(new LinkedHashSet<>(shared)),
                manager ? config.managerAgentId() : old.managerAgentId(),
                config.gives("termination_token") ? config.terminationToken() : old.terminationToken(),
                config.gives("max_turns") ? config.maxTurns() : old.maxTurns(),
                newFrequency,
                counter,
                old.lastProcessedMessageId(),
                config.gives("max_message_buffer_length")
                        ? config.maxMessageBufferLength()
                        : old.maxMessageBufferLength(),
                config.gives("min_message_buffer_length")
                        ? config.minMessageBufferLength()
                        : old.minMessageBufferLength(),
                patch.gives("hidden") ? patch.hidden() : old.hidden(),
                old.automatic(),
                old.createdAt());
    }

    /** Deletes the group; its agents stay. Without its group a main agent of an automatic one is an ordinary agent again. */
    public void delete(String org, String id) {
        db.of(org).write(tx -> {
            GroupState group = requireForChange(tx, id);
            GroupSql.delete(tx, id);
            if (group.automatic() && group.managerAgentId() != null) {
                GroupSql.forgetSleeptime(tx, group.managerAgentId(), clock.next());
            }
            return true;
        });
    }

    /** Gives a block to the group: to all its members and its manager. 404 when there is no such block. */
    public void attachBlock(String org, @Nullable String userId, String id, String blockId) {
        db.of(org).write(tx -> {
            GroupState group = requireForChange(tx, id);
            share(tx, group, List.of(blockId));
            List<String> all = new ArrayList<>(group.sharedBlockIds());
            if (!all.contains(blockId)) {
                all.add(blockId);
            }
            GroupSql.setBlocks(tx, id, all);
            GroupSql.update(tx, group, clock.next(), userId);
            return true;
        });
    }

    /** Takes a block from the group, its members and its manager; nothing happens when the group does not share it. */
    public void detachBlock(String org, @Nullable String userId, String id, String blockId) {
        db.of(org).write(tx -> {
            GroupState group = requireForChange(tx, id);
            blocks.require(tx, blockId);
            if (group.sharedBlockIds().contains(blockId)) {
                unshare(tx, group, List.of(blockId));
                List<String> rest = new ArrayList<>(group.sharedBlockIds());
                rest.remove(blockId);
                GroupSql.setBlocks(tx, id, rest);
                GroupSql.update(tx, group, clock.next(), userId);
            }
            return true;
        });
    }

    private void share(Tx tx, GroupState group, List<String> blockIds) {
        for (String blockId : blockIds) {
            blocks.require(tx, blockId);
            for (String agentId : present(tx, group)) {
                blocks.attach(tx, agentId, blockId);
            }
        }
    }

    private void unshare(Tx tx, GroupState group, List<String> blockIds) {
        for (String blockId : blockIds) {
            for (String agentId : present(tx, group)) {
                if (blocks.ofAgent(tx, agentId).stream()
                        .anyMatch(block -> block.id().equals(blockId))) {
                    blocks.detach(tx, agentId, blockId);
                }
            }
        }
    }

    /** Members and manager that still exist, each once. */
    private static Set<String> present(Tx tx, GroupState group) {
        Set<String> out = new LinkedHashSet<>(group.agentIds());
        if (group.managerAgentId() != null) {
            out.add(group.managerAgentId());
        }
        out.removeIf(id -> AgentSql.find(tx, id) == null);
        return out;
    }

    /** The members that still exist, in speaking order. */
    public List<AgentState> members(Tx tx, GroupState group) {
        return group.agentIds().stream()
                .map(id -> AgentSql.find(tx, id))
                .filter(Objects::nonNull)
                .map(AgentState.class::cast)
                .toList();
    }

    /** Who manages the group; null when nobody does. */
    public @Nullable AgentState manager(Tx tx, GroupState group) {
        return group.managerAgentId() == null ? null : AgentSql.find(tx, group.managerAgentId());
    }

    /** Deletes everything that was said in the group, also from the contexts of its agents. */
    public void resetMessages(String org, String id) {
        db.of(org).write(tx -> {
            requireForChange(tx, id);
            recall.deleteOfGroup(tx, id);
            return true;
        });
    }

    /** The group whose background agents read this agent's turns; null when it has none or they are switched off. */
    public @Nullable String watching(Tx tx, String agentId) {
        return GroupSql.watching(tx, agentId);
    }

    /**
     * Counts a finished turn of a watched agent (contract 08 §8.3): with a frequency the first turn and then every so many is due, without
     * one every turn, with 0 or less none.
     */
    public boolean countTurn(Tx tx, GroupState group) {
        Integer frequency = group.sleeptimeAgentFrequency();
        if (frequency == null) {
            return true;
        }
        if (frequency <= 0) {
            return false;
        }
        int counter = counted(group.turnsCounter(), frequency);
        GroupSql.setCounter(tx, group.id(), counter);
        return counter == 0;
    }

    /** The counter after one more turn. */
    static int counted(@Nullable Integer before, int frequency) {
        return ((before == null ? NOT_COUNTED : before) + 1) % frequency;
    }

    /** Notes up to where the background agents have read. */
    public void processed(Tx tx, String groupId, String messageId) {
        GroupSql.setProcessed(tx, groupId, messageId);
    }

    /** The group as it is when a turn is counted: nobody else counts until this transaction ends. */
    public @Nullable GroupState forCounting(Tx tx, String id) {
        return GroupSql.forChange(tx, id);
    }
}
