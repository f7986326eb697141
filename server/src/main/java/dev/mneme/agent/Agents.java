package dev.mneme.agent;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.account.Secrets;
import dev.mneme.base.Clock;
import dev.mneme.base.Problem;
import dev.mneme.file.AgentFiles;
import dev.mneme.llm.Models;
import dev.mneme.memory.Block;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.IsolatedBlocks;
import dev.mneme.memory.Recall;
import dev.mneme.memory.SystemPrompts;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolFilter;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.Tools;
import dev.mneme.tool.mcp.Sealing;
import dev.mneme.tool.mcp.ServerEntries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The agents of an organisation: made, changed, read, deleted (contract 01). Thread-safe. */
public final class Agents {
    private final Db db;
    private final Clock clock;
    private final Secrets secrets;
    private final Tools tools;
    private final Blocks blocks;
    private final Recall recall;
    private final AgentFiles files;
    private final Snapshots snapshots;
    private final SystemRow systemRow;
    private final Companion companion;
    private final Creation creation;
    private final Change change;
    private final FirstMessages first;
    private final Loading loading;
    private final Conversations conversations;
    private final Identities identities;
    private final Imports imports;
    private final Doctor doctor;
    private final Packing.Shelves packed;

    public Agents(
            Db db, Models models, Secrets secrets, Tools tools, Blocks blocks, Recall recall, SystemPrompts prompts) {
        this.db = db;
        this.clock = db.clock();
        this.secrets = secrets;
        this.tools = tools;
        this.blocks = blocks;
        this.recall = recall;
        ModelChoice choice = new ModelChoice(models);
        this.files = new AgentFiles(clock, tools);
        this.snapshots = new Snapshots(blocks, recall, tools, files);
        this.systemRow = new SystemRow(clock, recall, snapshots);
        this.companion = new Companion(clock, tools, blocks, recall, prompts, systemRow);
        this.creation =
                new Creation(clock, choice, secrets, tools, blocks, recall, files, prompts, systemRow, companion);
        this.change = new Change(clock, choice, secrets, tools, blocks, recall, files, systemRow, companion);
        this.first = new FirstMessages(clock);
        this.loading = new Loading(tools, blocks, recall, files);
        this.identities = new Identities(db, blocks);
        this.doctor = new Doctor(db, recall, systemRow);
        ServerEntries servers = new ServerEntries(new Sealing(secrets::seal, secrets::open));
        this.imports = new Imports(db, choice, secrets, tools, blocks, recall, systemRow, servers);
        this.packed = new Packing.Shelves(snapshots, blocks, recall, files, servers);
        this.conversations = new Conversations(db, choice, blocks, recall, systemRow);
    }

    /** The threads beside the agents' default ones. */
    public Conversations conversations() {
        return conversations;
    }

    /** Finds and mends agents that cannot be talked to. */
    public Doctor doctor() {
        return doctor;
    }

    /** Takes agents in from files. */
    public Imports imports() {
        return imports;
    }

    /** Whom agents and blocks belong to. */
    public Identities identities() {
        return identities;
    }

    /** Makes an agent with all that was asked for, or nothing. The answer carries every relation, and its secrets in clear. */
    public Loaded create(String org, @Nullable String userId, NewAgent wanted) {
        Creation.Plan plan = creation.plan(org, wanted);
        Loaded made = db.of(org).write(tx -> {
            AgentState agent = creation.write(tx, userId, plan);
            return loading.of(tx, agent, Relation.ALL_BUT_APPROVAL);
        });
        return Loading.withClear(made, wanted.environment());
    }

    /** The agent, or the contract's 404. */
    public AgentState get(String org, String id) {
        return db.of(org).read(tx -> require(tx, id));
    }

    public @Nullable AgentState find(Tx tx, String id) {
        return AgentSql.find(tx, id);
    }

    /** The agent with what was asked for. */
    public Loaded load(String org, String id, Set<Relation> relations) {
        return db.of(org).read(tx -> loading.of(tx, require(tx, id), relations));
    }

    /** The agents with these ids, in that order; missing ones are left out. */
    public List<Loaded> loadAll(String org, List<String> ids, Set<Relation> relations) {
        return db.of(org).read(tx -> {
            List<AgentState> found = new ArrayList<>();
            for (String id : ids) {
                AgentState agent = AgentSql.find(tx, id);
                if (agent != null) {
                    found.add(agent);
                }
            }
            return loading.of(tx, found, relations);
        });
    }

    /** One page of agents with what was asked for. */
    public List<Loaded> list(String org, AgentFilter filter, Set<Relation> relations) {
        if (filter.limit() < 0) {
            throw Problem.unprocessable("limit must be 0 (everything) or more, not " + filter.limit() + ".");
        }
        return db.of(org).read(tx -> loading.of(tx, AgentListSql.list(tx, filter), relations));
    }

    /** How many agents fit; paging does not count. */
    public int count(String org, AgentFilter filter) {
        return db.of(org).read(tx -> AgentListSql.count(tx, filter));
    }

    /**
     * One page of the tags of agents and blocks, each once, by the alphabet.
     *
     * @param part of the tag, in any case
     * @param before a tag, likewise after
     * @param limit 0: no limit
     */
    public List<String> tags(
            String org,
            @Nullable String part,
            @Nullable String before,
            @Nullable String after,
            int limit,
            boolean ascending) {
        return db.of(org).read(tx -> AgentListSql.tags(tx, part, before, after, limit, ascending));
    }

    /** Changes an agent. The answer carries every relation, and secrets in clear if they were sent. */
    public Loaded patch(String org, @Nullable String userId, String id, AgentPatch patch) {
        Change.Plan plan = change.plan(org, get(org, id), patch);
        Loaded changed = db.of(org).write(tx -> {
            AgentState agent = change.write(tx, userId, requireForChange(tx, id), plan);
            return loading.of(tx, agent, Relation.ALL_BUT_APPROVAL);
        });
        Map<String, String> sent = patch.environment();
        return sent == null ? changed : Loading.withClear(changed, sent);
    }

    /**
     * Deletes the agent with its conversations, messages, runs, background agents and the groups it manages; blocks (but private ones),
     * tools and archives stay.
     */
    public void delete(String org, String id) {
        db.of(org).write(tx -> {
            requireForChange(tx, id);
            for (String companionId : companion.leaving(tx, id)) {
                delete(tx, companionId);
            }
            delete(tx, id);
            recall.nudge(tx);
            return true;
        });
    }

    private void delete(Tx tx, String id) {
        new IsolatedBlocks(blocks).dropOfAgent(tx, id);
        if (AgentSql.delete(tx, id) > 0) {
            AgentPartsSql.tombstone(tx, id, clock.next());
        }
    }

    /** Gives the agent a tool, and an approval rule if the tool wants one; again is no change. */
    public void attachTool(String org, @Nullable String userId, String id, String toolId) {
        db.of(org).write(tx -> {
            AgentState agent = requireForChange(tx, id);
            ToolRow tool = tools.find(tx, toolId);
            if (tool == null) {
                throw Problem.notFound("Tool with id=" + toolId + " not found in organization=" + org);
            }
            boolean added = tools.attach(tx, id, toolId);
            if (added && tool.wantsApproval()) {
                rules(tx, userId, agent, true, tool.name());
            } else if (added) {
                AgentSql.touch(tx, id, clock.next(), userId);
            }
            return true;
        });
    }

    /** Takes a tool from the agent; its rules stay. No error when it was not attached. */
    public void detachTool(String org, @Nullable String userId, String id, String toolId) {
        db.of(org).write(tx -> {
            requireForChange(tx, id);
            if (tools.detach(tx, id, toolId)) {
                AgentSql.touch(tx, id, clock.next(), userId);
            }
            return true;
        });
    }

    /** Says whether calls of a tool need approval. The name need not be that of an attached tool. */
    public void requireApproval(String org, @Nullable String userId, String id, String toolName, boolean required) {
        db.of(org).write(tx -> {
            rules(tx, userId, requireForChange(tx, id), required, toolName);
            return true;
        });
    }

    private void rules(Tx tx, @Nullable String userId, AgentState agent, boolean approval, String tool) {
        var rules = ToolRules.without(agent.toolRules(), ToolRules.APPROVAL, tool);
        if (approval) {
            ToolRules.add(rules, ToolRules.APPROVAL, tool);
        }
        AgentSql.setRules(tx, agent.id(), rules, clock.next(), userId);
    }

    /** One page of the agent's tools. */
    public List<ToolRow> toolsOf(String org, String id, ToolFilter filter) {
        return db.of(org).read(tx -> {
            require(tx, id);
            return tools.pageOfAgent(tx, id, filter);
        });
    }

    /** Gives the agent a block; again is no change. */
    public void attachBlock(String org, @Nullable String userId, String id, String blockId) {
        db.of(org).write(tx -> {
            AgentState agent = requireForChange(tx, id);
            blocks.attach(tx, id, blockId);
            companion.attachBlock(tx, id, blockId);
            AgentSql.touch(tx, id, clock.next(), userId);
            systemRow.refresh(tx, agent);
            return true;
        });
    }

    /** Takes a block from the agent; 404 when it does not hold it. */
    public void detachBlock(String org, @Nullable String userId, String id, String blockId) {
        relate(org, userId, id, tx -> blocks.detach(tx, id, blockId));
    }

    /** Changes what belongs to the agent, and its prompt with that, in one transaction. */
    private void relate(String org, @Nullable String userId, String id, Consumer<Tx> change) {
        db.of(org).write(tx -> {
            AgentState agent = requireForChange(tx, id);
            change.accept(tx);
            AgentSql.touch(tx, id, clock.next(), userId);
            systemRow.refresh(tx, agent);
            return true;
        });
    }

    /** Gives the agent a folder of files; again is no change. */
    public void attachFolder(String org, @Nullable String userId, String id, String folderId) {
        relate(org, userId, id, tx -> files.attach(tx, id, folderId));
    }

    /** Takes a folder from the agent; no error when it did not have it. */
    public void detachFolder(String org, @Nullable String userId, String id, String folderId) {
        relate(org, userId, id, tx -> files.detach(tx, id, folderId));
    }

    /** Looks at the files of an agent, which must exist. */
    public <T> T filesOf(String org, String id, BiFunction<AgentFiles, Tx, T> look) {
        return db.of(org).read(tx -> {
            require(tx, id);
            return look.apply(files, tx);
        });
    }

    /** Changes what an agent sees of its files, and its prompt with it. */
    public <T> T changeFiles(String org, String id, BiFunction<AgentFiles, Tx, T> change) {
        return db.of(org).write(tx -> {
            AgentState agent = requireForChange(tx, id);
            T changed = change.apply(files, tx);
            systemRow.refresh(tx, agent);
            return changed;
        });
    }

    /** The agent's blocks in attachment order. */
    public List<Block> blocksOf(String org, String id) {
        return db.of(org).read(tx -> {
            require(tx, id);
            return blocks.ofAgent(tx, id);
        });
    }

    /**
     * Everything that a turn needs, from one consistent read; 404 when the agent is gone.
     *
     * @param threadId the agent's id, or a conversation's: 404 when that is gone or another agent's
     */
    public AgentSnapshot snapshot(Tx tx, String id, String threadId) {
        checkThread(tx, id, threadId);
        return snapshots.of(tx, require(tx, id), threadId);
    }

    private static void checkThread(Tx tx, String id, String threadId) {
        if (!threadId.equals(id)
                && !Conversations.require(tx, threadId).agentId().equals(id)) {
            throw Conversations.missing(threadId);
        }
    }

    /** The environment values of the agent's tools in clear: for running tools, never for an answer or a log. */
    public Map<String, String> environment(String org, String id) {
        Map<String, String> out = new LinkedHashMap<>();
        db.of(org)
                .read(tx -> AgentPartsSql.sealedValues(tx, id))
                .forEach((key, stored) -> out.put(key, secrets.open(stored)));
        return out;
    }

    /**
     * Compiles the system prompt of the default thread and answers the new text.
     *
     * @param newTime without it the time line of the stored text stays
     * @param dryRun nothing is stored
     */
    public String recompile(String org, String id, boolean newTime, boolean dryRun) {
        if (dryRun) {
            return db.of(org).read(tx -> systemRow.recompile(tx, require(tx, id), id, newTime, true));
        }
        return db.of(org).write(tx -> systemRow.recompile(tx, requireForChange(tx, id), id, newTime, false));
    }

    /** Empties the context down to a fresh system message; the messages stay in recall memory. */
    public Loaded resetMessages(String org, @Nullable String userId, String id, boolean withFirstMessages) {
        return db.of(org).write(tx -> {
            AgentState agent = requireForChange(tx, id);
            List<String> ids = recall.contextIds(tx, id);
            List<String> kept = new ArrayList<>(ids.subList(0, Math.min(1, ids.size())));
            if (withFirstMessages) {
                var messages = first.rest(agent, null, true);
                recall.insert(tx, messages);
                messages.forEach(message -> kept.add(message.id()));
            }
            recall.setContext(tx, id, kept);
            systemRow.recompile(tx, agent, id, true, false);
            AgentSql.touch(tx, id, clock.next(), userId);
            return loading.of(tx, require(tx, id), Relation.ALL_BUT_APPROVAL);
        });
    }

    /** What fills the context window of one of the agent's threads. conversationId: null or default for its own. */
    public ContextOverview contextOverview(String org, String id, @Nullable String conversationId) {
        return db.of(org).read(tx -> ContextOverview.of(snapshot(tx, id, thread(id, conversationId)), clock.now()));
    }

    private static String thread(String agentId, @Nullable String conversationId) {
        return conversationId == null || conversationId.isEmpty() || conversationId.equals(Conversations.DEFAULT)
                ? agentId
                : conversationId;
    }

    /** The agent as a file of version 2; 404 when there is no such agent. */
    public ObjectNode export(String org, String id, ExportWish wish) {
        return db.of(org).read(tx -> exports(tx, id, wish).tree(clock.now()));
    }

    /** Writes the agent as a file of version 2; 404 when there is no such agent. Other agents' turns go on meanwhile. */
    public void export(String org, String id, ExportWish wish, JsonGenerator out) {
        db.of(org).read(tx -> {
            try {
                exports(tx, id, wish).write(out, clock.now());
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private Exports exports(Tx tx, String id, ExportWish wish) {
        String thread = thread(id, wish.conversationId());
        AgentState agent = require(tx, id);
        checkThread(tx, id, thread);
        return new Exports(tx, packed, wish, agent, thread);
    }

    private static AgentState require(Tx tx, String id) {
        return present(AgentSql.find(tx, id), id);
    }

    private static AgentState requireForChange(Tx tx, String id) {
        return present(AgentSql.forChange(tx, id), id);
    }

    private static AgentState present(@Nullable AgentState agent, String id) {
        if (agent == null) {
            throw missing(id);
        }
        return agent;
    }

    private static Problem missing(String id) {
        return Problem.notFound("Agent with ID " + id + " not found");
    }
}
