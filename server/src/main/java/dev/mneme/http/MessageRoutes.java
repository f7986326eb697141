package dev.mneme.http;

import dev.mneme.agent.Agents;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.memory.MessageQuery;
import dev.mneme.memory.Recall;
import dev.mneme.message.Message;
import dev.mneme.run.Desk;
import dev.mneme.wire.DeletedMessages;
import dev.mneme.wire.LettaMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was said: the history of one agent or of all (contract 03 §5). */
final class MessageRoutes {
    private static final Param<Integer> LIMIT = Paging.limit(100);
    private static final Param<String> GROUP = Param.text("group_id", "messages of this group");
    private static final Param<String> CONVERSATION =
            Param.text("conversation_id", "a conversation, or default for the messages of none");
    static final Param<Boolean> SPEECH =
            Param.flag("use_assistant_message", true, "show calls of the tool that speaks as assistant messages");
    static final Param<String> SPEECH_TOOL = Param.text("assistant_message_tool_name", "its name, send_message");
    static final Param<String> SPEECH_ARGUMENT =
            Param.text("assistant_message_tool_kwarg", "its argument with the text, message");
    private static final Param<Boolean> ERRORS = Param.maybe("include_err", "has no effect");
    static final Param<List<String>> TYPES =
            Param.manyOf("include_return_message_types", LettaMessages.TYPES, "only these types of message");
    private static final String IMMUTABLE =
            "Message editing is no longer supported. Messages are immutable as they may be shared across multiple conversations via forking.";

    private final Recall recall;
    private final Agents agents;
    private final Desk desk;

    MessageRoutes(Recall recall, Agents agents, Desk desk) {
        this.recall = recall;
        this.agents = agents;
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/agents/{agent_id:agent}/messages", "What was said to and by an agent, oldest first")
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY, GROUP, CONVERSATION)
                        .takes(SPEECH, SPEECH_TOOL, SPEECH_ARGUMENT, ERRORS, TYPES)
                        .givesList(LettaMessage.class)
                        .by(this::ofAgent),
                Route.patch(
                                "/v1/agents/{agent_id:agent}/messages/{message_id:message}",
                                "Refused: messages are never edited")
                        .by(call -> {
                            throw new Problem(ProblemCode.METHOD_NOT_ALLOWED, IMMUTABLE);
                        }),
                Route.delete(
                                "/v1/agents/{agent_id:agent}/messages/{message_id:message}",
                                "Deletes a message for good, with the calls and returns that belong to it")
                        .gives(DeletedMessages.class)
                        .by(this::delete),
                Route.get("/v1/messages", "What was said to and by all agents, oldest first")
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, CONVERSATION)
                        .takes(SPEECH, SPEECH_TOOL, SPEECH_ARGUMENT, TYPES)
                        .givesList(LettaMessage.class)
                        .by(call -> Answer.ok(page(call, null))),
                Route.get("/v1/messages/{message_id:message}", "One message, as the pieces it consists of")
                        .givesList(LettaMessage.class)
                        .by(this::one));
    }

    private Answer delete(Call call) {
        String agentId = agents.get(call.org(), call.at("agent_id")).id();
        return Answer.ok(
                new DeletedMessages(recall.forget(call.org(), agentId, call.at("message_id"), desk::requireIdle)));
    }

    private Answer ofAgent(Call call) {
        String agentId = agents.get(call.org(), call.at("agent_id")).id();
        return Answer.ok(page(call, agentId));
    }

    private List<LettaMessage> page(Call call, @Nullable String agentId) {
        MessageQuery query = new MessageQuery(
                agentId,
                call.maybe(CONVERSATION),
                call.maybe(GROUP),
                null,
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(LIMIT),
                call.at(Paging.DESC).equals("asc"),
                MessageQuery.Style.AGENT);
        return LettaMessages.of(recall.list(call.org(), query), display(call));
    }

    static LettaMessages.Display display(Call call) {
        return new LettaMessages.Display(
                call.at(SPEECH),
                or(call.maybe(SPEECH_TOOL), LettaMessages.Display.SEND_MESSAGE),
                or(call.maybe(SPEECH_ARGUMENT), LettaMessages.Display.MESSAGE),
                call.at(TYPES));
    }

    private static String or(@Nullable String given, String standard) {
        return given == null ? standard : given;
    }

    private Answer one(Call call) {
        Message row = recall.get(call.org(), call.at("message_id"));
        return Answer.ok(LettaMessages.of(row, LettaMessages.Display.plain(null)));
    }
}
