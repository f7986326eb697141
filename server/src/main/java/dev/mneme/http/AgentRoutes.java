package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.AgentFilter;
import dev.mneme.agent.AgentPatch;
import dev.mneme.agent.Agents;
import dev.mneme.agent.NewAgent;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.StopReason;
import dev.mneme.tool.ToolFilter;
import dev.mneme.wire.AgentView;
import dev.mneme.wire.CreateAgent;
import dev.mneme.wire.Deleted;
import dev.mneme.wire.ModifyAgent;
import dev.mneme.wire.RequireApproval;
import dev.mneme.wire.ResetMessages;
import dev.mneme.wire.ToolView;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Agents: made, read, changed, deleted, and the tools they hold (contract 01). */
final class AgentRoutes {
    private static final Param<Boolean> APPROVAL =
            Param.maybe("requires_approval", "instead of the body: whether a person must approve");
    private static final Param<String> NAME = Param.text("name", "exactly this name");
    private static final Param<String> QUERY = Param.text("query_text", "part of the name");
    private static final Param<List<String>> TAGS = Param.many("tags", "any of these tags");
    private static final Param<Boolean> ALL_TAGS = Param.flag("match_all_tags", false, "all of these tags");
    private static final Param<String> PROJECT = Param.text("project_id", "exactly this project");
    private static final Param<String> TEMPLATE = Param.text("template_id", "exactly this template");
    private static final Param<String> BASE_TEMPLATE = Param.text("base_template_id", "exactly this base template");
    private static final Param<String> IDENTITY = Param.text("identity_id", "agents of this identity");
    private static final Param<List<String>> KEYS =
            Param.many("identifier_keys", "agents of identities with any of these keys");
    private static final Param<String> STOP = Param.maybeChoice(
            "last_stop_reason",
            Arrays.stream(StopReason.values()).map(StopReason::word).toList(),
            "why the last run ended");
    private static final Param<String> CREATOR = Param.text("created_by_id", "made by this user");
    private static final Param<Boolean> HIDDEN = Param.flag("show_hidden_agents", false, "hidden ones too");
    private static final Param<String> ORDER_BY = Param.choice(
            "order_by", "created_at", List.of("created_at", "updated_at", "last_run_completion"), "what to sort by");
    private static final Param<String> SORT_BY = Param.text("sort_by", "older spelling of order_by; ignored");
    private static final Param<Integer> LIMIT = Paging.limit(AgentFilter.DEFAULT_LIMIT);
    private static final Param<Integer> TOOL_LIMIT = Paging.limit(ToolFilter.AGENT_LIMIT);
    private static final String AGENT = "/v1/agents/{agent_id:agent}";

    private final Agents agents;
    private final AgentViews views;

    AgentRoutes(Agents agents, AgentViews views) {
        this.agents = agents;
        this.views = views;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/agents", "Agents, newest first")
                        .takes(NAME, QUERY, TAGS, ALL_TAGS, PROJECT, TEMPLATE, BASE_TEMPLATE, IDENTITY, KEYS, STOP)
                        .takes(CREATOR, HIDDEN, Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, ORDER_BY)
                        .takes(Paging.ASCENDING, SORT_BY, AgentViews.INCLUDE, AgentViews.RELATIONSHIPS)
                        .givesList(AgentView.class)
                        .by(call -> Answer.ok(agents.list(call.org(), filter(call), AgentViews.asked(call)).stream()
                                .map(AgentViews::view)
                                .toList())),
                Route.post("/v1/agents", "Makes an agent")
                        .body(CreateAgent.class)
                        .gives(AgentView.class)
                        .by(this::create),
                Route.get("/v1/agents/count", "How many agents there are")
                        .takes(NAME, QUERY, TAGS, ALL_TAGS, PROJECT, TEMPLATE, BASE_TEMPLATE, IDENTITY, KEYS, STOP)
                        .takes(CREATOR, HIDDEN)
                        .by(call -> Answer.ok(agents.count(call.org(), filter(call)))),
                Route.get(AGENT, "One agent")
                        .takes(AgentViews.INCLUDE, AgentViews.RELATIONSHIPS)
                        .gives(AgentView.class)
                        .by(call -> Answer.ok(
                                AgentViews.view(agents.load(call.org(), call.at("agent_id"), AgentViews.asked(call))))),
                Route.patch(AGENT, "Changes an agent; what is not sent stays")
                        .body(ModifyAgent.class)
                        .gives(AgentView.class)
                        .by(this::modify),
                Route.delete(AGENT, "Deletes an agent with its messages; blocks, tools and archives stay")
                        .gives(Deleted.class)
                        .by(this::delete),
                Route.patch(AGENT + "/reset-messages", "Empties the context; the messages stay in recall memory")
                        .body(ResetMessages.class)
                        .gives(AgentView.class)
                        .by(this::reset),
                Route.get(AGENT + "/tools", "Tools of an agent, newest first")
                        .takes(Paging.BEFORE, Paging.AFTER, TOOL_LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .givesList(ToolView.class)
                        .by(this::tools),
                Route.patch(AGENT + "/tools/attach/{tool_id:tool}", "Gives an agent a tool; null for 1.x clients")
                        .gives(AgentView.class)
                        .by(this::attachTool),
                Route.patch(AGENT + "/tools/detach/{tool_id:tool}", "Takes a tool from an agent; null for 1.x clients")
                        .gives(AgentView.class)
                        .by(this::detachTool),
                Route.patch(
                                AGENT + "/tools/approval/{tool_name}",
                                "Says whether a person must approve calls of a tool; null for 1.x clients")
                        .takes(APPROVAL)
                        .optionalBody(RequireApproval.class)
                        .gives(AgentView.class)
                        .by(this::requireApproval));
    }

    private static AgentFilter filter(Call call) {
        return new AgentFilter(
                call.maybe(NAME),
                call.maybe(QUERY),
                call.at(TAGS),
                call.at(ALL_TAGS),
                call.maybe(PROJECT),
                call.maybe(TEMPLATE),
                call.maybe(BASE_TEMPLATE),
                call.maybe(IDENTITY),
                call.at(KEYS),
                call.maybe(STOP),
                call.maybe(CREATOR),
                call.at(HIDDEN),
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(LIMIT),
                call.at(Paging.DESC).equals("asc"),
                switch (call.at(ORDER_BY)) {
                    case "updated_at" -> AgentFilter.Order.UPDATED_AT;
                    case "last_run_completion" -> AgentFilter.Order.LAST_RUN_COMPLETION;
                    default -> AgentFilter.Order.CREATED_AT;
                });
    }

    private Answer create(Call call) {
        ObjectNode body = SeedShapes.newAgent(call.json());
        CreateAgent wanted = call.body(body, CreateAgent.class);
        checkIds(wanted.toolIds(), wanted.blockIds(), wanted.sourceIds(), wanted.folderIds(), wanted.identityIds());
        String project = call.header("x-project-id");
        if (project != null && !body.hasNonNull("project_id")) {
            body.put("project_id", project);
        }
        return Answer.ok(AgentViews.view(agents.create(call.org(), call.user(), NewAgent.read(body))));
    }

    private Answer modify(Call call) {
        ObjectNode body = SeedShapes.newAgent(call.json());
        ModifyAgent wanted = call.body(body, ModifyAgent.class);
        checkIds(wanted.toolIds(), wanted.blockIds(), wanted.sourceIds(), wanted.folderIds(), wanted.identityIds());
        return Answer.ok(
                AgentViews.view(agents.patch(call.org(), call.user(), call.at("agent_id"), AgentPatch.read(body))));
    }

    private static void checkIds(
            @Nullable List<String> tools,
            @Nullable List<String> blocks,
            @Nullable List<String> sources,
            @Nullable List<String> folders,
            @Nullable List<String> identities) {
        BodyIds.all(IdKind.TOOL, "tool_ids", tools);
        BodyIds.all(IdKind.BLOCK, "block_ids", blocks);
        BodyIds.all(IdKind.SOURCE, "source_ids", sources);
        BodyIds.all(IdKind.SOURCE, "folder_ids", folders);
        BodyIds.all(IdKind.IDENTITY, "identity_ids", identities);
    }

    private Answer delete(Call call) {
        String id = call.at("agent_id");
        agents.delete(call.org(), id);
        return Answer.ok(new Deleted("Agent id=" + id + " successfully deleted"));
    }

    private Answer reset(Call call) {
        boolean first = Boolean.TRUE.equals(call.body(ResetMessages.class).addDefaultInitialMessages());
        return Answer.ok(AgentViews.view(agents.resetMessages(call.org(), call.user(), call.at("agent_id"), first)));
    }

    private Answer tools(Call call) {
        ToolFilter page = ToolFilter.page(
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(TOOL_LIMIT),
                call.at(Paging.DESC).equals("asc"));
        return Answer.ok(agents.toolsOf(call.org(), call.at("agent_id"), page).stream()
                .map(ToolRoutes::view)
                .toList());
    }

    private Answer attachTool(Call call) {
        agents.attachTool(call.org(), call.user(), call.at("agent_id"), call.at("tool_id"));
        return afterChange(call);
    }

    private Answer detachTool(Call call) {
        agents.detachTool(call.org(), call.user(), call.at("agent_id"), call.at("tool_id"));
        return afterChange(call);
    }

    private Answer requireApproval(Call call) {
        JsonNode given = Binder.orEmpty(call.json());
        ObjectNode body = Json.object();
        // the Node client 1.12.1 writes its own name of the field
        given.fieldNames()
                .forEachRemaining(key ->
                        body.set(key.equals("body_requires_approval") ? "requires_approval" : key, given.get(key)));
        for (String key : (Iterable<String>) body::fieldNames) {
            if (!key.equals("requires_approval")) {
                throw new Invalid(Invalid.Fault.of(
                        "extra_forbidden", List.of("body", key), "Extra inputs are not permitted", body.get(key)));
            }
        }
        Boolean wanted = call.body(body, RequireApproval.class).requiresApproval();
        if (wanted == null) {
            wanted = call.maybe(APPROVAL);
        }
        if (wanted == null) {
            throw Problem.unprocessable(
                    "requires_approval must be provided either in request body or as query parameter");
        }
        agents.requireApproval(call.org(), call.user(), call.at("agent_id"), call.at("tool_name"), wanted);
        return afterChange(call);
    }

    /** 1.x clients get null, older ones the agent (contract 01 §1). */
    private Answer afterChange(Call call) {
        return switch (call.caller()) {
            case SDK_1 -> Answer.nothing();
            case LEGACY -> views.whole(call, call.at("agent_id"));
        };
    }
}
