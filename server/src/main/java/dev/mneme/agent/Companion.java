package dev.mneme.agent;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.memory.Block;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.NewBlock;
import dev.mneme.memory.Recall;
import dev.mneme.memory.SystemPrompts;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.Tools;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The background agent that enable_sleeptime gives a main agent: it reads finished turns and keeps the blocks that both share (contract 08
 * §8.3, 04 §9). Made, kept beside and deleted together with its main agent, always in that agent's transaction.
 */
final class Companion {
    static final String PERSONA_LABEL = "memory_persona";

    /** Its first line is what clients of the retired server look for; the rest is ours. */
    private static final String PERSONA = """
            I am an expert conversation memory agent that can do the following:
            - Consolidate what I read: merge what says the same, drop what no longer holds.
            - Notice what matters later: facts, plans, preferences, promises, and how they change.
            - Write so that somebody who was not there understands it: names and dates instead of "he" and "yesterday".
            - Put each fact into the block whose description asks for it, and leave alone what is right already.
            I never talk with the user. I stop when the memory says what it should.""";

    private final Clock clock;
    private final Tools tools;
    private final Blocks blocks;
    private final Recall recall;
    private final SystemPrompts prompts;
    private final SystemRow systemRow;
    private final FirstMessages first;

    Companion(Clock clock, Tools tools, Blocks blocks, Recall recall, SystemPrompts prompts, SystemRow systemRow) {
        this.clock = clock;
        this.tools = tools;
        this.blocks = blocks;
        this.recall = recall;
        this.prompts = prompts;
        this.systemRow = systemRow;
        this.first = new FirstMessages(clock);
    }

    /** Makes the companion and the group of a main agent whose blocks are attached already. voice: its model where the main agent speaks. */
    void create(Tx tx, @Nullable String userId, AgentState main, LlmConfig voice) {
        boolean speaks = main.type() == AgentType.VOICE_CONVO_AGENT;
        AgentType type = speaks ? AgentType.VOICE_SLEEPTIME_AGENT : AgentType.SLEEPTIME_AGENT;
        LlmConfig llm = speaks ? voice : main.llmConfig();
        List<ToolRow> held = tools.byNames(tx, type.baseTools(false));
        AgentState companion =
                state(main, type, llm, ToolRules.ofNew(Json.array(), type, true, null, llm, held), userId);
        AgentSql.insert(tx, companion);
        for (Block block : blocks.ofAgent(tx, main.id())) {
            if (!block.label().equals(PERSONA_LABEL)) {
                blocks.attach(tx, companion.id(), block.id());
            }
        }
        Block persona = blocks.create(tx, userId, NewBlock.of(PERSONA_LABEL, PERSONA, null));
        blocks.attach(tx, companion.id(), persona.id());
        tools.replace(tx, companion.id(), held.stream().map(ToolRow::id).toList());
        Message system = first.system(
                companion, systemRow.compile(tx, companion, companion.id()).text());
        recall.insert(tx, List.of(system));
        recall.setContext(tx, companion.id(), List.of(system.id()));
        GroupSql.insert(
                tx, Groups.automatic(main.id(), companion.id(), speaks, main.projectId(), clock.next()), userId);
    }

    private AgentState state(AgentState main, AgentType type, LlmConfig llm, ArrayNode rules, @Nullable String userId) {
        long now = clock.next();
        String system = prompts.of(type.word());
        return new AgentState(
                IdKind.AGENT.next(),
                main.organizationId(),
                main.name() + "-sleeptime",
                type.word(),
                system == null ? main.system() : system,
                null,
                null,
                llm,
                main.embeddingConfig(),
                Compaction.ofNew(null, llm),
                null,
                rules,
                main.timezone(),
                false,
                null,
                null,
                null,
                main.hidden(),
                main.projectId(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                now,
                now,
                userId,
                userId);
    }

    /** Whether the agent has background agents already. */
    boolean exists(Tx tx, String mainId) {
        return GroupSql.managedBy(tx, List.of(mainId)).getOrDefault(mainId, List.of()).stream()
                .anyMatch(group -> group.managerType().inBackground());
    }

    /** Gives a block of the main agent to its companions too; one that holds another block of that label keeps its own. */
    void attachBlock(Tx tx, String mainId, String blockId) {
        String label = blocks.require(tx, blockId).label();
        for (String companionId : idsOf(tx, mainId)) {
            boolean taken = blocks.ofAgent(tx, companionId).stream()
                    .anyMatch(block -> block.label().equals(label));
            AgentState companion = taken ? null : AgentSql.find(tx, companionId);
            if (companion != null) {
                blocks.attach(tx, companionId, blockId);
                systemRow.refresh(tx, companion);
            }
        }
    }

    /** Before an agent is deleted: the companions that go with it, and main agents that lose theirs. */
    List<String> leaving(Tx tx, String agentId) {
        for (GroupState group : GroupSql.automaticWith(tx, agentId)) {
            GroupSql.delete(tx, group.id());
            if (group.managerAgentId() != null) {
                GroupSql.forgetSleeptime(tx, group.managerAgentId(), clock.next());
            }
        }
        return idsOf(tx, agentId);
    }

    private static List<String> idsOf(Tx tx, String mainId) {
        Map<String, List<GroupState>> managed = GroupSql.managedBy(tx, List.of(mainId));
        return managed.getOrDefault(mainId, List.of()).stream()
                .filter(GroupState::automatic)
                .flatMap(group -> group.agentIds().stream())
                .distinct()
                .toList();
    }
}
