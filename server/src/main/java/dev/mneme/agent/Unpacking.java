package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.memory.Block;
import dev.mneme.memory.IsolatedBlocks;
import dev.mneme.memory.NewBlock;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.ToolType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes what one agent file holds, in one transaction: numbers of the file become new ids. Confined to that transaction. */
final class Unpacking {
    /** What model providers take as the name of a function. */
    private static final Pattern TOOL_NAME = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private final Tx tx;
    private final @Nullable String userId;
    private final Imports.Shelves shelves;
    private final AgentDocument document;
    private final ObjectNode root;
    private final ImportWish wish;
    private final List<Imports.Plan> plans;
    private final List<String> warnings;
    private final Map<String, String> ids = new HashMap<>();
    private final Map<String, String> serversByName = new HashMap<>();
    private final BelongingsUnpacking belongings;

    Unpacking(
            Tx tx,
            @Nullable String userId,
            Imports.Shelves shelves,
            AgentDocument document,
            ImportWish wish,
            List<Imports.Plan> plans,
            Imports.Belongings belongings,
            List<String> warnings) {
        this.tx = tx;
        this.userId = userId;
        this.shelves = shelves;
        this.document = document;
        this.root = document.root();
        this.wish = wish;
        this.plans = plans;
        this.warnings = new ArrayList<>(warnings);
        this.belongings = new BelongingsUnpacking(tx, userId, shelves, document, belongings, ids);
    }

    Imported unpack() {
        servers();
        tools();
        blocks();
        belongings.unpack();
        root.path("groups").forEach(group -> ids.put(group.path("id").asText(), IdKind.GROUP.next()));
        List<AgentState> agents = new ArrayList<>();
        for (Imports.Plan plan : plans) {
            agents.add(agent(plan));
        }
        for (int i = 0; i < agents.size(); i++) {
            for (JsonNode entry : plans.get(i).entry().path("conversations")) {
                conversation(agents.get(i), entry);
            }
        }
        new MessagesUnpacking(tx, shelves, document, agents, ids, wish.stripMessages()).unpack();
        for (int i = 0; i < agents.size(); i++) {
            belongings.open(agents.get(i).id(), plans.get(i).entry());
        }
        groups();
        return new Imported(agents.stream().map(AgentState::id).toList(), warnings);
    }

    private void servers() {
        for (JsonNode entry : root.path("mcp_servers")) {
            String name = entry.path("server_name").asText("?");
            String id;
            try {
                id = shelves.servers().restore(tx, shelves.clock(), userId, entry);
            } catch (Problem e) {
                throw Imports.failed(e.detail());
            }
            if (id != null) {
                serversByName.put(name, id);
                warnings.add("The MCP server " + name + " came without credentials: a token or headers that it needs"
                        + " have to be set here.");
            } else {
                JsonNode program = entry.path("stdio_config");
                warnings.add("The MCP server " + name + " was left out: it is a program of the machine that it ran on ("
                        + program.path("command").asText("?") + "). Register it here and its tools work again.");
            }
        }
    }

    private void tools() {
        for (JsonNode entry : root.path("tools")) {
            String name = entry.path("name").asText();
            if (!TOOL_NAME.matcher(name).matches()) {
                throw Imports.failed("a tool needs a name of 1 to 128 letters, digits, '_' or '-', not '" + name + "'");
            }
            ToolRow wanted = tool(entry, name);
            boolean remote = wanted.toolType().equals(ToolType.EXTERNAL_MCP.word());
            // A tool of a server is what that server says it is: a file never turns it to another one.
            ToolRow stored = shelves.tools().restore(tx, userId, wanted, wish.overwriteTools() && !remote);
            String server =
                    remote ? wanted.metadata().path("mcp").path("server_id").textValue() : null;
            if (stored == wanted && server != null && serversByName.containsValue(server)) {
                shelves.servers().link(tx, server, stored);
            }
            if (stored == null) {
                warnings.add("The tool " + name
                        + " is one of the server's own that this server does not have; it was left out.");
            } else {
                ids.put(entry.path("id").asText(), stored.id());
                if (!stored.toolType().equals(entry.path("tool_type").asText("custom"))) {
                    warnings.add("The tool " + name + " is already here as a " + stored.toolType()
                            + " tool; that one is used, not the file's.");
                }
            }
        }
    }

    private ToolRow tool(JsonNode entry, String name) {
        String type = entry.path("tool_type").asText("custom");
        if (ToolType.find(type) == null) {
            throw Imports.failed("the tool " + name + " is of the unknown tool_type '" + type + "'");
        }
        long now = shelves.clock().next();
        List<String> tags = new ArrayList<>();
        entry.path("tags").forEach(tag -> tags.add(tag.asText()));
        int limit = entry.path("return_char_limit").asInt(ToolRow.RETURN_CHAR_LIMIT);
        return new ToolRow(
                IdKind.TOOL.next(),
                type,
                entry.path("description").textValue(),
                entry.path("source_type").textValue(),
                name,
                tags,
                entry.path("source_code").textValue(),
                some(entry, "json_schema"),
                some(entry, "args_json_schema"),
                limit <= 0 ? ToolRow.RETURN_CHAR_LIMIT : limit,
                some(entry, "pip_requirements"),
                some(entry, "npm_requirements"),
                truth(entry, "default_requires_approval"),
                entry.path("enable_parallel_execution").asBoolean(),
                userId,
                userId,
                metadata(entry),
                null,
                now,
                now);
    }

    /** With the server's id here in the place of the one that it had. */
    private JsonNode metadata(JsonNode entry) {
        JsonNode given = entry.path("metadata_").isObject() ? entry.get("metadata_") : Json.object();
        String server = serversByName.get(given.path("mcp").path("server_name").asText(""));
        if (server == null || !(given.path("mcp") instanceof ObjectNode mcp)) {
            return given;
        }
        ObjectNode out = given.deepCopy();
        out.set("mcp", mcp.deepCopy().put("server_id", server));
        return out;
    }

    private void blocks() {
        for (JsonNode entry : root.path("blocks")) {
            List<String> tags = new ArrayList<>();
            entry.path("tags").forEach(tag -> tags.add(tag.asText()));
            NewBlock block = new NewBlock(
                    entry.path("label").asText(),
                    entry.path("value").asText(""),
                    entry.path("limit").isInt()
                            ? Integer.valueOf(entry.path("limit").intValue())
                            : null,
                    entry.path("description").textValue(),
                    entry.path("read_only").asBoolean(),
                    entry.path("is_template").asBoolean(),
                    entry.path("template_name").textValue(),
                    entry.path("metadata").isObject() ? entry.get("metadata") : null,
                    tags,
                    truth(entry, "hidden"),
                    entry.path("preserve_on_migration").asBoolean(),
                    wish.projectId(),
                    null,
                    null,
                    null,
                    null);
            ids.put(
                    entry.path("id").asText(),
                    shelves.blocks().restore(tx, userId, block).id());
        }
    }

    private AgentState agent(Imports.Plan plan) {
        AgentState agent = state(plan);
        JsonNode entry = plan.entry();
        ids.put(entry.path("id").asText(), agent.id());
        AgentSql.insert(tx, agent);
        entry.path("block_ids")
                .forEach(id -> shelves.blocks().attach(tx, agent.id(), known(IdKind.BLOCK, id.asText())));
        List<String> toolIds = new ArrayList<>();
        for (JsonNode id : entry.path("tool_ids")) {
            if (ids.containsKey(id.asText()) || !inFile("tools", id.asText())) {
                toolIds.add(known(IdKind.TOOL, id.asText()));
            }
        }
        shelves.tools().replace(tx, agent.id(), toolIds.stream().distinct().toList());
        List<String> tags = new ArrayList<>();
        entry.path("tags").forEach(tag -> tags.add(tag.asText()));
        AgentPartsSql.setTags(tx, agent.id(), tags);
        if (!plan.sealed().isEmpty()) {
            AgentPartsSql.setSecrets(tx, agent.id(), plan.sealed(), agent.createdAt(), userId);
        }
        entry.path("group_ids").forEach(id -> known(IdKind.GROUP, id.asText()));
        belongings.give(agent.id(), entry);
        return agent;
    }

    private void conversation(AgentState agent, JsonNode entry) {
        long at = PassageReading.time(entry.path("created_at"), shelves.clock());
        Conversation made = new Conversation(
                IdKind.CONVERSATION.next(),
                agent.id(),
                entry.path("summary").textValue(),
                entry.path("model").textValue(),
                some(entry, "model_settings"),
                MessageReading.time(entry.path("last_message_at")),
                null,
                at,
                shelves.clock().next(),
                userId,
                userId);
        ConversationSql.insert(tx, made);
        ids.put(entry.path("id").asText(), made.id());
        List<IsolatedBlocks.Link> links = new ArrayList<>();
        for (JsonNode link : entry.path("isolated_blocks")) {
            String copy = link.path("block_id").textValue();
            String shared = link.path("shared_block_id").textValue();
            Block block = copy == null ? null : shelves.blocks().find(tx, known(IdKind.BLOCK, copy));
            if (shared != null || block != null) {
                links.add(new IsolatedBlocks.Link(
                        shared == null ? Objects.requireNonNull(block).id() : known(IdKind.BLOCK, shared), block));
            }
        }
        new IsolatedBlocks(shelves.blocks()).link(tx, made.id(), links);
    }

    private boolean inFile(String kind, String id) {
        for (JsonNode entry : root.path(kind)) {
            if (entry.path("id").asText().equals(id)) {
                return true;
            }
        }
        return false;
    }

    private AgentState state(Imports.Plan plan) {
        JsonNode entry = plan.entry();
        long now = shelves.clock().next();
        return new AgentState(
                IdKind.AGENT.next(),
                tx.org(),
                plan.name(),
                plan.type().word(),
                entry.path("system").asText(""),
                entry.path("description").textValue(),
                some(entry, "metadata"),
                plan.llm(),
                plan.embedding(),
                plan.compaction(),
                some(entry, "response_format"),
                plan.rules(),
                entry.path("timezone").asText("UTC"),
                entry.path("message_buffer_autoclear").asBoolean(),
                watched(entry) ? Boolean.TRUE : null,
                whole(entry, "max_files_open"),
                whole(entry, "per_file_view_window_char_limit"),
                truth(entry, "hidden"),
                wish.projectId(),
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

    /** Whether background agents of the file read along: the retired server forgot the flag (wart W4). */
    private boolean watched(JsonNode agent) {
        for (JsonNode group : root.path("groups")) {
            JsonNode config = group.path("manager_config");
            if (config.path("manager_agent_id").equals(agent.path("id"))
                    && managerType(config).inBackground()) {
                return true;
            }
        }
        return false;
    }

    private static ManagerType managerType(JsonNode config) {
        ManagerType type = ManagerType.find(config.path("manager_type").asText(ManagerType.ROUND_ROBIN.word()));
        if (type == null) {
            throw Imports.failed(
                    "unknown manager_type '" + config.path("manager_type").asText() + "' of a group");
        }
        return type;
    }

    private void groups() {
        for (JsonNode entry : root.path("groups")) {
            JsonNode config = entry.path("manager_config");
            ManagerType type = managerType(config);
            List<String> members = new ArrayList<>();
            entry.path("agent_ids").forEach(id -> members.add(known(IdKind.AGENT, id.asText())));
            List<String> shared = new ArrayList<>();
            entry.path("shared_block_ids").forEach(id -> shared.add(known(IdKind.BLOCK, id.asText())));
            String manager = config.path("manager_agent_id").textValue();
            Integer frequency = whole(config, "sleeptime_agent_frequency");
            GroupState group = new GroupState(
                    known(IdKind.GROUP, entry.path("id").asText()),
                    type,
                    members,
                    entry.path("description").asText(""),
                    wish.projectId(),
                    null,
                    null,
                    null,
                    shared,
                    manager == null ? null : known(IdKind.AGENT, manager),
                    config.path("termination_token").textValue(),
                    whole(config, "max_turns"),
                    frequency,
                    frequency == null ? null : -1,
                    null,
                    whole(config, "max_message_buffer_length"),
                    whole(config, "min_message_buffer_length"),
                    truth(entry, "hidden"),
                    type.inBackground() && manager != null,
                    shelves.clock().next());
            GroupSql.insert(tx, group, userId);
        }
    }

    /** The new id of a number in the file. */
    private String known(IdKind kind, String local) {
        return DocumentCheck.found(kind, local, ids.get(local));
    }

    private static @Nullable JsonNode some(JsonNode entry, String key) {
        return entry.hasNonNull(key) ? Objects.requireNonNull(entry.get(key)) : null;
    }

    private static @Nullable Boolean truth(JsonNode entry, String key) {
        return entry.path(key).isBoolean() ? Boolean.valueOf(entry.path(key).booleanValue()) : null;
    }

    private static @Nullable Integer whole(JsonNode entry, String key) {
        return entry.path(key).isInt() ? Integer.valueOf(entry.path(key).intValue()) : null;
    }
}
