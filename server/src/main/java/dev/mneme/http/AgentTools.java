package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.account.KeyRole;
import dev.mneme.agent.AgentFilter;
import dev.mneme.agent.AgentState;
import dev.mneme.agent.Agents;
import dev.mneme.agent.Loaded;
import dev.mneme.agent.Relation;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.memory.Archival;
import dev.mneme.memory.Block;
import dev.mneme.memory.BlockPatch;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.FoundPassage;
import dev.mneme.memory.NewPassage;
import dev.mneme.memory.Passage;
import dev.mneme.memory.PassageQuery;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The tools of our own MCP server: which agents there are, talking to them, and what they remember (decision 0031). Thread-safe. */
final class AgentTools {
    /** Agents of one answer when nobody says how many. */
    private static final int STANDARD_AGENTS = 50;

    private static final int MOST_AGENTS = 200;
    /** Hits of a search when nobody says how many (as over REST, contract 07 §2). */
    private static final int STANDARD_HITS = 5;

    private static final int MOST_HITS = 100;

    private static final ToolInput.Field AGENT =
            ToolInput.Field.id("agent_id", IdKind.AGENT, "Id of the agent, as list_agents shows it.");
    private static final ToolInput.Field LABEL = ToolInput.Field.text(
                    "label", "Label of the block, as list_blocks shows it.")
            .must();
    private static final ToolInput.Field AGENTS_LIMIT =
            ToolInput.Field.whole("limit", STANDARD_AGENTS, 1, MOST_AGENTS, "Agents at most.");
    private static final ToolInput.Field HITS_LIMIT =
            ToolInput.Field.whole("limit", STANDARD_HITS, 1, MOST_HITS, "Passages at most.");

    private final Agents agents;
    private final Archival archival;
    private final Blocks blocks;
    private final AgentTalk talk;

    AgentTools(Rooms rooms) {
        this.agents = rooms.agents();
        this.archival = rooms.archival();
        this.blocks = rooms.blocks();
        this.talk = new AgentTalk(rooms.desk(), rooms.runs());
    }

    List<AgentTool> all() {
        List<AgentTool> all = new ArrayList<>();
        all.add(tool(
                "list_agents",
                "List agents",
                "Lists agents, newest first, with the ids that the other tools take.",
                Route.Reach.EVERYBODY,
                this::list,
                ToolInput.Field.text("query", "Part of the agent's name."),
                ToolInput.Field.text("after", "An agent id: only older ones, for the next page."),
                AGENTS_LIMIT));
        all.addAll(talk.tools());
        all.add(tool(
                "search_archival_memory",
                "Search long-term memory",
                "Searches the long-term memory of an agent by words and by meaning.",
                Route.Reach.READ,
                this::search,
                AGENT,
                ToolInput.Field.text("query", "What to look for.").must(),
                ToolInput.Field.texts("tags", "Only passages with one of these tags."),
                HITS_LIMIT));
        all.add(tool(
                "insert_archival_memory",
                "Add to long-term memory",
                "Stores a passage in the long-term memory of an agent, where it finds it by searching.",
                Route.Reach.WRITE,
                this::insert,
                AGENT,
                ToolInput.Field.text("text", "The passage: a fact or note that stands by itself.")
                        .must(),
                ToolInput.Field.texts("tags", "Tags of the passage.")));
        all.add(tool(
                "list_blocks",
                "List memory blocks",
                "Lists the memory blocks that an agent always has before its eyes, without their texts.",
                Route.Reach.READ,
                this::blocks,
                AGENT));
        all.add(tool(
                "read_block",
                "Read a memory block",
                "Reads one memory block of an agent.",
                Route.Reach.READ,
                (call, input, watcher) -> AgentTool.Result.of(view(held(call, input), true)),
                AGENT,
                LABEL));
        all.add(tool(
                "edit_block",
                "Edit a memory block",
                "Changes one memory block of an agent: either give value, the whole new text, or old_string and new_string"
                        + " to replace a piece that occurs exactly once.",
                Route.Reach.WRITE,
                this::edit,
                AGENT,
                LABEL,
                ToolInput.Field.text("value", "The whole new text."),
                ToolInput.Field.text("old_string", "The piece to replace."),
                ToolInput.Field.text("new_string", "What stands there afterwards.")));
        return List.copyOf(all);
    }

    private static AgentTool tool(
            String name,
            String title,
            String description,
            Route.Reach reach,
            AgentTool.Work work,
            ToolInput.Field... fields) {
        return new AgentTool(name, title, description, List.of(fields), reach, false, work);
    }

    /** A key of role agent sees its agents, every other one those of its organisation. */
    private AgentTool.Result list(Call call, ToolInput input, AgentTool.Watcher watcher) {
        int limit = input.whole(AGENTS_LIMIT);
        String after = input.maybe("after");
        EnumSet<Relation> wanted = EnumSet.of(Relation.TAGS);
        List<Loaded> found;
        if (call.access().role() == KeyRole.AGENT) {
            String query = input.text("query").toLowerCase(Locale.ROOT);
            List<Loaded> own =
                    agents
                            .loadAll(
                                    call.org(),
                                    call.access().agentIds().stream().sorted().toList(),
                                    wanted)
                            .stream()
                            .filter(agent -> agent.state()
                                    .name()
                                    .toLowerCase(Locale.ROOT)
                                    .contains(query))
                            .toList();
            found = Slices.page(own, agent -> agent.state().id(), null, after, limit);
        } else {
            found = agents.list(
                    call.org(), AgentFilter.page(null, after, limit, false).containing(input.maybe("query")), wanted);
        }
        ObjectNode data = Json.object();
        ArrayNode list = data.putArray("agents");
        for (Loaded agent : found) {
            AgentState state = agent.state();
            ObjectNode one = list.addObject().put("id", state.id()).put("name", state.name());
            one.put("description", state.description()).put("model", state.model());
            agent.tags().forEach(one.putArray("tags")::add);
        }
        return AgentTool.Result.of(data);
    }

    private AgentTool.Result search(Call call, ToolInput input, AgentTool.Watcher watcher) {
        AgentState agent = agents.get(call.org(), input.text("agent_id"));
        PassageQuery query =
                new PassageQuery(input.text("query"), input.texts("tags"), false, null, null, input.whole(HITS_LIMIT));
        ObjectNode data = Json.object();
        ArrayNode hits = data.putArray("passages");
        ZoneId zone = dev.mneme.memory.Times.zone(agent.timezone());
        for (FoundPassage found : archival.search(call.org(), agent.id(), query)) {
            hits.add(view(found.passage(), zone));
        }
        return AgentTool.Result.of(data);
    }

    private AgentTool.Result insert(Call call, ToolInput input, AgentTool.Watcher watcher) {
        AgentState agent = agents.get(call.org(), input.text("agent_id"));
        List<String> tags = input.texts("tags");
        Passage stored = archival.remember(
                call.org(), call.user(), agent.id(), NewPassage.of(input.text("text"), tags.isEmpty() ? null : tags));
        return AgentTool.Result.of(view(stored, dev.mneme.memory.Times.zone(agent.timezone())));
    }

    private static ObjectNode view(Passage passage, ZoneId zone) {
        ObjectNode out = Json.object().put("id", passage.id()).put("text", passage.text());
        Objects.requireNonNullElse(passage.tags(), List.<String>of()).forEach(out.putArray("tags")::add);
        return out.put("created_at", dev.mneme.memory.Times.iso(passage.createdAt(), zone));
    }

    private AgentTool.Result blocks(Call call, ToolInput input, AgentTool.Watcher watcher) {
        ObjectNode data = Json.object();
        ArrayNode list = data.putArray("blocks");
        agents.blocksOf(call.org(), input.text("agent_id")).forEach(block -> list.add(view(block, false)));
        return AgentTool.Result.of(data);
    }

    private Block held(Call call, ToolInput input) {
        String agentId = agents.get(call.org(), input.text("agent_id")).id();
        return blocks.ofAgentByLabel(call.org(), agentId, input.text("label"));
    }

    /** A block that is read-only for the agent's own tools is so for other models too. */
    private AgentTool.Result edit(Call call, ToolInput input, AgentTool.Watcher watcher) {
        Block held = held(call, input);
        if (held.readOnly()) {
            throw Problem.invalid("The block " + held.label() + " is read-only: only people change it, over REST.");
        }
        String value = input.maybe("value");
        String old = input.maybe("old_string");
        if ((value == null) == (old == null)) {
            throw Problem.invalid("Give either value, or old_string with new_string.");
        }
        String agentId = input.text("agent_id");
        Block changed = old == null
                ? blocks.patchByLabel(
                        call.org(), call.user(), agentId, held.label(), BlockPatch.value(input.text("value")))
                : blocks.replaceByLabel(call.org(), call.user(), agentId, held.label(), old, input.text("new_string"));
        agents.recompile(call.org(), agentId, false, false);
        return AgentTool.Result.of(view(changed, true));
    }

    private static ObjectNode view(Block block, boolean whole) {
        ObjectNode out = Json.object().put("label", block.label()).put("description", block.description());
        if (whole) {
            out.put("value", block.value());
        }
        return out.put("characters", block.chars()).put("limit", block.limit()).put("read_only", block.readOnly());
    }
}
