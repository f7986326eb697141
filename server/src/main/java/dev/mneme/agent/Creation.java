package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.account.Secrets;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.file.AgentFiles;
import dev.mneme.memory.Block;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.NewBlock;
import dev.mneme.memory.Recall;
import dev.mneme.memory.SystemPrompts;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.Tools;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Makes agents: everything is decided first, then written in one transaction (contract 01 §4). */
final class Creation {
    private static final List<String> MULTI_AGENT_TOOLS = List.of(
            "send_message_to_agent_and_wait_for_reply",
            "send_message_to_agents_matching_tags",
            "send_message_to_agent_async");

    /** Agents with this tag are hidden from lists (contract 01 §4.6). */
    private static final String SUBAGENT_TAG = "role:subagent";

    private final Clock clock;
    private final ModelChoice choice;
    private final Secrets secrets;
    private final Tools tools;
    private final Blocks blocks;
    private final Recall recall;
    private final AgentFiles files;
    private final SystemPrompts prompts;
    private final SystemRow systemRow;
    private final FirstMessages first;
    private final Companion companion;

    Creation(
            Clock clock,
            ModelChoice choice,
            Secrets secrets,
            Tools tools,
            Blocks blocks,
            Recall recall,
            AgentFiles files,
            SystemPrompts prompts,
            SystemRow systemRow,
            Companion companion) {
        this.clock = clock;
        this.choice = choice;
        this.secrets = secrets;
        this.tools = tools;
        this.blocks = blocks;
        this.recall = recall;
        this.files = files;
        this.prompts = prompts;
        this.systemRow = systemRow;
        this.first = new FirstMessages(clock);
        this.companion = companion;
    }

    /** What is decided before anything is written: models, texts, sealed secrets. */
    record Plan(
            NewAgent wanted,
            AgentType type,
            String name,
            String system,
            LlmConfig llm,
            @Nullable EmbeddingConfig embedding,
            JsonNode compaction,
            ArrayNode ownRules,
            Map<String, String> sealedValues,
            LlmConfig voice) {
        boolean watched() {
            return Boolean.TRUE.equals(wanted.enableSleeptime());
        }
    }

    Plan plan(String org, NewAgent wanted) {
        ModelChoice models = choice.of(org);
        AgentType type = type(wanted);
        Fields.timezone(wanted.timezone());
        Fields.responseFormat(wanted.responseFormat());
        Fields.files(wanted.maxFilesOpen(), wanted.perFileViewWindowCharLimit());
        String name = wanted.name() == null
                ? AgentNames.random(ThreadLocalRandom.current())
                : AgentNames.checked(wanted.name());
        LlmConfig llm = models.ofNew(wanted, type);
        Map<String, String> sealedValues = new LinkedHashMap<>();
        wanted.environment().forEach((key, value) -> sealedValues.put(key, secrets.seal(value)));
        return new Plan(
                wanted,
                type,
                name,
                system(wanted, type),
                llm,
                models.embedding(wanted.embeddingConfig(), wanted.embedding(), wanted.embeddingChunkSize()),
                Compaction.ofNew(wanted.compactionSettings(), llm),
                ToolRules.checked(wanted.toolRules()),
                sealedValues,
                type == AgentType.VOICE_CONVO_AGENT ? models.voiceCompanion(llm) : llm);
    }

    private static AgentType type(NewAgent wanted) {
        if (wanted.agentType() == null) {
            return AgentType.LETTA_V1_AGENT;
        }
        AgentType type = AgentType.find(wanted.agentType());
        if (type == null) {
            throw Problem.unprocessable("Unknown agent_type '" + wanted.agentType() + "'.");
        }
        if (type == AgentType.VOICE_CONVO_AGENT && !Boolean.TRUE.equals(wanted.enableSleeptime())) {
            throw Problem.unprocessable(
                    "Value error, Agent type AgentType.voice_convo_agent requires enable_sleeptime to be True");
        }
        return type;
    }

    private String system(NewAgent wanted, AgentType type) {
        String system = wanted.system() == null ? prompts.of(type.word()) : wanted.system();
        if (system == null) {
            throw new Problem(ProblemCode.INVALID_ARGUMENT, "Invalid agent type: AgentType." + type.word());
        }
        return system;
    }

    /** Writes the agent and everything that belongs to it; answers its id. */
    AgentState write(Tx tx, @Nullable String userId, Plan plan) {
        List<ToolRow> found = tools(tx, plan);
        NewAgent wanted = plan.wanted();
        ArrayNode rules = ToolRules.ofNew(
                plan.ownRules(), plan.type(), wanted.wantsBaseTools(), baseRules(plan), plan.llm(), found);
        AgentState agent = state(tx, userId, plan, rules);
        AgentSql.insert(tx, agent);
        attachBlocks(tx, agent.id(), wanted);
        tools.replace(tx, agent.id(), found.stream().map(ToolRow::id).toList());
        attachFolders(tx, userId, agent, wanted);
        if (wanted.tags() != null) {
            AgentPartsSql.setTags(tx, agent.id(), wanted.tags());
        }
        if (wanted.identityIds() != null) {
            Identities.setOfAgent(tx, agent.id(), wanted.identityIds());
        }
        if (!plan.sealedValues().isEmpty()) {
            AgentPartsSql.setSecrets(tx, agent.id(), plan.sealedValues(), agent.createdAt(), userId);
        }
        List<Message> messages = new ArrayList<>();
        messages.add(
                first.system(agent, systemRow.compile(tx, agent, agent.id()).text()));
        messages.addAll(first.rest(agent, wanted.initialMessageSequence(), wanted.wantsBaseTools()));
        recall.insert(tx, messages);
        recall.setContext(tx, agent.id(), messages.stream().map(Message::id).toList());
        if (plan.watched()) {
            companion.create(tx, userId, agent, plan.voice());
        }
        return agent;
    }

    /** A watched agent of the plain kind speaks through send_message, so it needs the rule that ends its turn there (contract 04 §9). */
    private static @Nullable Boolean baseRules(Plan plan) {
        Boolean wanted = plan.wanted().includeBaseToolRules();
        boolean speaks = plan.watched()
                && plan.type() == AgentType.LETTA_V1_AGENT
                && plan.wanted().wantsBaseTools();
        return wanted == null && speaks ? Boolean.TRUE : wanted;
    }

    private AgentState state(Tx tx, @Nullable String userId, Plan plan, ArrayNode rules) {
        NewAgent wanted = plan.wanted();
        long now = clock.next();
        boolean subagent = wanted.tags() != null && wanted.tags().contains(SUBAGENT_TAG);
        return new AgentState(
                IdKind.AGENT.next(),
                tx.org(),
                plan.name(),
                plan.type().word(),
                plan.system(),
                wanted.description(),
                wanted.metadata(),
                plan.llm(),
                plan.embedding(),
                plan.compaction(),
                wanted.responseFormat(),
                rules,
                Objects.requireNonNullElse(wanted.timezone(), "UTC"),
                plan.type() == AgentType.WORKFLOW_AGENT || Boolean.TRUE.equals(wanted.messageBufferAutoclear()),
                wanted.enableSleeptime(),
                wanted.maxFilesOpen(),
                wanted.perFileViewWindowCharLimit(),
                subagent ? Boolean.TRUE : wanted.hidden(),
                wanted.projectId(),
                wanted.templateId(),
                wanted.baseTemplateId(),
                wanted.deploymentId(),
                wanted.entityId(),
                null,
                null,
                null,
                now,
                now,
                userId,
                userId);
    }

    private List<ToolRow> tools(Tx tx, Plan plan) {
        NewAgent wanted = plan.wanted();
        Set<String> names = new LinkedHashSet<>();
        if (wanted.wantsBaseTools()) {
            names.addAll(plan.type().baseTools(plan.watched()));
        }
        if (Boolean.TRUE.equals(wanted.includeMultiAgentTools())) {
            names.addAll(MULTI_AGENT_TOOLS);
        }
        if (wanted.tools() != null) {
            names.addAll(wanted.tools());
        }
        Map<String, ToolRow> found = new LinkedHashMap<>();
        tools.byNames(tx, names).forEach(tool -> found.put(tool.id(), tool));
        Fields.noneMissing(
                "name", names, found.values().stream().map(ToolRow::name).toList());
        List<String> ids = wanted.toolIds() == null ? List.of() : wanted.toolIds();
        List<ToolRow> byId = tools.byIds(tx, ids);
        Fields.noneMissing("id", ids, byId.stream().map(ToolRow::id).toList());
        byId.forEach(tool -> found.put(tool.id(), tool));
        return List.copyOf(found.values());
    }

    /** The folders of both names of the field, and one of its own if that is wanted. */
    private void attachFolders(Tx tx, @Nullable String userId, AgentState agent, NewAgent wanted) {
        Set<String> ids = new LinkedHashSet<>();
        ids.addAll(Objects.requireNonNullElse(wanted.folderIds(), List.of()));
        ids.addAll(Objects.requireNonNullElse(wanted.sourceIds(), List.of()));
        ids.forEach(id -> files.attach(tx, agent.id(), id));
        EmbeddingConfig embedder = agent.embeddingConfig();
        if (Boolean.TRUE.equals(wanted.includeDefaultSource())) {
            if (embedder == null) {
                throw Problem.invalid("include_default_source needs an embedding or embedding_config.");
            }
            files.attachNew(tx, userId, agent.id(), agent.name() + " External Data Source", embedder);
        }
    }

    /** Existing blocks first, then new ones; of new ones with one label the first is attached, the others stay free (contract 01 §4.3). */
    private void attachBlocks(Tx tx, String agentId, NewAgent wanted) {
        if (wanted.blockIds() != null) {
            new LinkedHashSet<>(wanted.blockIds()).forEach(id -> blocks.attach(tx, agentId, id));
        }
        if (wanted.memoryBlocks() == null) {
            return;
        }
        Set<String> labels = new HashSet<>();
        for (NewBlock block : wanted.memoryBlocks()) {
            Block made = blocks.create(tx, null, block);
            if (labels.add(made.label())) {
                blocks.attach(tx, agentId, made.id());
            }
        }
    }
}
