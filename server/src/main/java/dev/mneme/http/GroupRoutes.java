package dev.mneme.http;

import dev.mneme.agent.GroupFilter;
import dev.mneme.agent.GroupState;
import dev.mneme.agent.Groups;
import dev.mneme.agent.ManagerType;
import dev.mneme.base.Problem;
import dev.mneme.memory.MessageQuery;
import dev.mneme.memory.Recall;
import dev.mneme.message.Message;
import dev.mneme.wire.CreateGroup;
import dev.mneme.wire.Deleted;
import dev.mneme.wire.GroupView;
import dev.mneme.wire.LettaMessage;
import dev.mneme.wire.ModifyGroup;
import dev.mneme.wire.ModifyMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Groups of agents: made, read, changed, deleted, and what was said in them (contract 08 §8.2). */
final class GroupRoutes {
    private static final Param<String> MANAGER_TYPE =
            Param.maybeChoice("manager_type", ManagerType.words(), "groups of this kind");
    private static final Param<String> PROJECT = Param.text("project_id", "exactly this project");
    private static final Param<Boolean> HIDDEN = Param.flag("show_hidden_groups", false, "hidden ones too");
    private static final Param<Integer> LIMIT = Paging.limit(GroupFilter.DEFAULT_LIMIT);
    private static final Param<Integer> MESSAGE_LIMIT = Paging.limit(10);
    private static final String GROUP = "/v1/groups/{group_id:group}";

    private final Groups groups;
    private final Recall recall;

    GroupRoutes(Groups groups, Recall recall) {
        this.groups = groups;
        this.recall = recall;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/groups", "Groups of agents, oldest first")
                        .takes(MANAGER_TYPE, Paging.BEFORE, Paging.AFTER, LIMIT, Paging.ASC, Paging.ORDER_BY)
                        .takes(PROJECT, HIDDEN)
                        .givesList(GroupView.class)
                        .by(call -> list(call, null, call.at(Paging.ASC))),
                Route.post("/v1/groups", "Makes a group of agents")
                        .body(CreateGroup.class)
                        .gives(GroupView.class)
                        .by(call -> Answer.ok(
                                view(groups.create(call.org(), call.user(), GroupBodies.create(call.json()))))),
                Route.get("/v1/groups/count", "How many groups there are")
                        .by(call -> Answer.ok(groups.count(call.org()))),
                Route.get(GROUP, "One group")
                        .gives(GroupView.class)
                        .by(call -> Answer.ok(view(groups.get(call.org(), call.at("group_id"))))),
                Route.patch(GROUP, "Changes a group; what is not sent stays")
                        .body(ModifyGroup.class)
                        .gives(GroupView.class)
                        .by(call -> Answer.ok(view(groups.patch(
                                call.org(), call.user(), call.at("group_id"), GroupBodies.patch(call.json()))))),
                Route.delete(GROUP, "Deletes a group; its agents stay")
                        .gives(Deleted.class)
                        .by(this::delete),
                Route.get(GROUP + "/messages", "What was said in a group, oldest first")
                        .takes(Paging.BEFORE, Paging.AFTER, MESSAGE_LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .takes(MessageRoutes.SPEECH, MessageRoutes.SPEECH_TOOL, MessageRoutes.SPEECH_ARGUMENT)
                        .takes(MessageRoutes.TYPES)
                        .givesList(LettaMessage.class)
                        .by(this::messages),
                Route.patch(GROUP + "/messages/{message_id:message}", "Changes the text of a message of a group")
                        .body(ModifyMessage.class)
                        .gives(LettaMessage.class)
                        .by(this::edit),
                Route.patch(
                                GROUP + "/reset-messages",
                                "Deletes what was said in a group, from its agents' contexts too")
                        .by(call -> {
                            groups.resetMessages(call.org(), call.at("group_id"));
                            return Answer.nothing();
                        }),
                Route.patch(GROUP + "/blocks/attach/{block_id:block}", "Shares a block with a group's agents")
                        .by(call -> {
                            groups.attachBlock(call.org(), call.user(), call.at("group_id"), call.at("block_id"));
                            return Answer.nothing();
                        }),
                Route.patch(GROUP + "/blocks/detach/{block_id:block}", "Takes a shared block from a group's agents")
                        .by(call -> {
                            groups.detachBlock(call.org(), call.user(), call.at("group_id"), call.at("block_id"));
                            return Answer.nothing();
                        }),
                Route.get("/v1/agents/{agent_id:agent}/groups", "Groups that an agent belongs to or manages")
                        .takes(MANAGER_TYPE, Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .givesList(GroupView.class)
                        .by(call -> list(call, call.at("agent_id"), call.at(Paging.DESC))));
    }

    private Answer list(Call call, @Nullable String agentId, String order) {
        String type = call.maybe(MANAGER_TYPE);
        GroupFilter filter = new GroupFilter(
                type == null ? null : ManagerType.find(type),
                call.maybe(PROJECT),
                agentId,
                agentId != null || call.at(HIDDEN),
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(LIMIT),
                order.equals("asc"));
        return Answer.ok(
                groups.list(call.org(), filter).stream().map(GroupRoutes::view).toList());
    }

    private Answer delete(Call call) {
        String id = call.at("group_id");
        groups.delete(call.org(), id);
        return Answer.ok(new Deleted("Group id=" + id + " successfully deleted"));
    }

    /** Where members only read along it is the manager's side that counts; elsewhere everybody speaks. */
    private Answer messages(Call call) {
        GroupState group = groups.get(call.org(), call.at("group_id"));
        MessageQuery query = new MessageQuery(
                group.managerType().inBackground() ? group.managerAgentId() : null,
                null,
                group.id(),
                null,
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(MESSAGE_LIMIT),
                call.at(Paging.DESC).equals("asc"),
                MessageQuery.Style.AGENT);
        return Answer.ok(LettaMessages.of(recall.list(call.org(), query), MessageRoutes.display(call)));
    }

    private Answer edit(Call call) {
        GroupState group = groups.get(call.org(), call.at("group_id"));
        Message row = recall.get(call.org(), call.at("message_id"));
        if (!group.id().equals(row.groupId())) {
            throw Problem.notFound("Message with id " + row.id() + " not found.");
        }
        Message changed = MessageEdit.of(row, call.body(ModifyMessage.class));
        recall.edit(call.org(), changed);
        return Answer.ok(LettaMessages.of(changed, MessageRoutes.display(call)).getFirst());
    }

    static GroupView view(GroupState group) {
        return new GroupView(
                group.id(),
                group.managerType().word(),
                group.agentIds(),
                group.description(),
                group.projectId(),
                group.templateId(),
                group.baseTemplateId(),
                group.deploymentId(),
                group.sharedBlockIds(),
                group.managerAgentId(),
                group.terminationToken(),
                group.maxTurns(),
                group.sleeptimeAgentFrequency(),
                group.turnsCounter(),
                group.lastProcessedMessageId(),
                group.maxMessageBufferLength(),
                group.minMessageBufferLength(),
                group.hidden());
    }
}
