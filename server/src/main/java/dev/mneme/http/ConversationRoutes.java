package dev.mneme.http;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.agent.Agents;
import dev.mneme.agent.Conversation;
import dev.mneme.agent.Conversations;
import dev.mneme.memory.MessageQuery;
import dev.mneme.memory.Recall;
import dev.mneme.run.Desk;
import dev.mneme.wire.ConversationView;
import dev.mneme.wire.CreateConversation;
import dev.mneme.wire.LettaMessage;
import dev.mneme.wire.ModifyConversation;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Conversations: made, read, changed, forked, deleted, and what was said in them (contract 03 §6, 12.4). */
final class ConversationRoutes {
    static final String CONVERSATION = "/v1/conversations/{conversation_id}";

    /** Characters of a conversation's id, the only thing that reading and changing one look at first (contract 12.1). */
    private static final int ID_LENGTH = 41;

    private static final Param<String> OF_AGENT = Param.required("agent_id", "the agent to talk with");
    private static final Param<String> AGENT = Param.text("agent_id", "conversations of this agent");
    static final Param<String> DEFAULT_OF = Param.text("agent_id", "the agent, where the conversation is default");
    private static final Param<Integer> PAGE = Paging.limit(50);
    private static final Param<Integer> LIMIT = Paging.limit(100);
    private static final Param<String> SUMMARY = Param.text("summary_search", "part of the summary, letter for letter");
    private static final Param<String> ORDER_BY = Param.choice(
            "order_by",
            "created_at",
            List.of("created_at", "last_run_completion", "last_message_at"),
            "what to sort by");
    private static final Param<String> GROUP = Param.text("group_id", "messages of this group");
    private static final Param<Boolean> ERRORS = Param.maybe("include_err", "has no effect");
    private static final Param<List<String>> TYPES =
            Param.manyOf("include_return_message_types", LettaMessages.TYPES, "only these types of message");
    private static final Param<Boolean> DRY = Param.flag("dry_run", false, "store nothing");

    private final Agents agents;
    private final Recall recall;
    private final Threads threads;
    private final Desk desk;

    ConversationRoutes(Agents agents, Recall recall, Threads threads, Desk desk) {
        this.agents = agents;
        this.recall = recall;
        this.threads = threads;
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/v1/conversations", "Begins a conversation with an agent")
                        .takes(OF_AGENT)
                        .optionalBody(CreateConversation.class)
                        .gives(ConversationView.class)
                        .by(this::create),
                Route.get("/v1/conversations", "Conversations, newest first")
                        .takes(AGENT, PAGE, Paging.AFTER, SUMMARY, Paging.DESC, ORDER_BY)
                        .givesList(ConversationView.class)
                        .by(this::list),
                Route.get(CONVERSATION, "One conversation")
                        .gives(ConversationView.class)
                        .by(call -> Answer.ok(view(conversations().get(call.org(), ownId(call)), true))),
                Route.patch(CONVERSATION, "Changes summary or model of a conversation")
                        .body(ModifyConversation.class)
                        .gives(ConversationView.class)
                        .by(this::modify),
                Route.delete(CONVERSATION, "Deletes a conversation and the messages that no other one shows")
                        .by(this::delete),
                Route.post(CONVERSATION + "/fork", "Begins a conversation that goes on from this one")
                        .takes(DEFAULT_OF)
                        .gives(ConversationView.class)
                        .by(this::fork),
                Route.post(CONVERSATION + "/recompile", "Compiles the system prompt anew and answers it")
                        .takes(DEFAULT_OF, DRY)
                        .by(this::recompile),
                Route.get(CONVERSATION + "/messages", "What was said in a conversation, newest first")
                        .takes(DEFAULT_OF, Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .takes(GROUP, ERRORS, TYPES)
                        .givesList(LettaMessage.class)
                        .by(this::messages));
    }

    private Conversations conversations() {
        return agents.conversations();
    }

    private Answer create(Call call) {
        CreateConversation body = call.body(Binder.orEmpty(call.json()), CreateConversation.class);
        Conversation.Wish wish = new Conversation.Wish(
                body.summary(),
                body.model(),
                body.modelSettings(),
                Objects.requireNonNullElse(body.isolatedBlockLabels(), List.of()));
        return Answer.ok(view(conversations().create(call.org(), call.user(), call.at(OF_AGENT), wish), false));
    }

    private Answer list(Call call) {
        Conversation.Filter filter = new Conversation.Filter(
                call.maybe(AGENT),
                call.maybe(Paging.AFTER),
                call.maybe(SUMMARY),
                Conversation.Order.valueOf(call.at(ORDER_BY).toUpperCase(Locale.ROOT)),
                call.at(Paging.DESC).equals("asc"),
                call.at(PAGE));
        return Answer.ok(conversations().list(call.org(), filter).stream()
                .map(one -> view(one, true))
                .toList());
    }

    private Answer modify(Call call) {
        String id = ownId(call);
        ModifyConversation body = call.body(ModifyConversation.class);
        Conversation.Patch patch =
                new Conversation.Patch(body.summary(), body.model(), body.modelSettings(), time(body.lastMessageAt()));
        return Answer.ok(view(conversations().patch(call.org(), call.user(), id, patch), false));
    }

    private static @Nullable Long time(@Nullable String text) {
        Long time = text == null ? null : Param.micros(text, ZoneOffset.UTC);
        if (text != null && time == null) {
            throw new Invalid(Invalid.Fault.of(
                    "datetime_from_date_parsing",
                    List.of("body", "last_message_at"),
                    "Input should be a valid datetime or date (ISO 8601)",
                    TextNode.valueOf(text)));
        }
        return time;
    }

    private Answer fork(Call call) {
        Threads.Place place = threads.of(call, call.at("conversation_id"), call.maybe(DEFAULT_OF));
        return Answer.ok(view(conversations().fork(call.org(), call.user(), place.threadId()), false));
    }

    /** The agent of default may stand in the query or in the body (contract: openapi). */
    private Answer recompile(Call call) {
        String inBody = call.json().path("agent_id").asText(null);
        Threads.Place place =
                threads.of(call, call.at("conversation_id"), call.has(DEFAULT_OF) ? call.maybe(DEFAULT_OF) : inBody);
        return Answer.ok(TextNode.valueOf(conversations().recompile(call.org(), place.threadId(), call.at(DRY))));
    }

    /** What runs or waits there is stopped first: nobody would see how it ends. */
    private Answer delete(Call call) {
        String id = ownId(call);
        String agentId = conversations().get(call.org(), id).state().agentId();
        desk.cancel(call.org(), desk.cancellable(call.org(), agentId, id));
        conversations().delete(call.org(), call.user(), id);
        return Answer.nothing();
    }

    private Answer messages(Call call) {
        Threads.Place place = threads.find(call, call.at("conversation_id"), call.maybe(DEFAULT_OF));
        if (place == null) {
            return Answer.ok(List.of());
        }
        MessageQuery query = new MessageQuery(
                place.agentId(),
                place.conversationId() == null ? MessageQuery.DEFAULT_CONVERSATION : place.conversationId(),
                call.maybe(GROUP),
                null,
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(LIMIT),
                call.at(Paging.DESC).equals("asc"),
                place.conversationId() == null ? MessageQuery.Style.AGENT : MessageQuery.Style.CONVERSATION);
        LettaMessages.Display display = new LettaMessages.Display(
                true, LettaMessages.Display.SEND_MESSAGE, LettaMessages.Display.MESSAGE, call.at(TYPES));
        return Answer.ok(LettaMessages.of(recall.list(call.org(), query), display));
    }

    /** The id in the path, which here must be a conversation's own: 422 unless it is as long as one. */
    private static String ownId(Call call) {
        String id = call.at("conversation_id");
        if (id.length() != ID_LENGTH) {
            boolean tooShort = id.length() < ID_LENGTH;
            throw new Invalid(new Invalid.Fault(
                    tooShort ? "string_too_short" : "string_too_long",
                    List.of("path", "conversation_id"),
                    "String should have at " + (tooShort ? "least " : "most ") + ID_LENGTH + " characters",
                    TextNode.valueOf(id),
                    Map.of(tooShort ? "min_length" : "max_length", ID_LENGTH)));
        }
        return id;
    }

    /** withContext: the answers to making and changing leave the list of messages empty (contract 03 §6). */
    private static ConversationView view(Conversation.Full full, boolean withContext) {
        Conversation of = full.state();
        return new ConversationView(
                of.createdById(),
                of.lastUpdatedById(),
                Times.zulu(of.createdAt()),
                Times.zulu(of.updatedAt()),
                of.id(),
                of.agentId(),
                of.summary(),
                withContext ? full.messageIds() : List.of(),
                full.isolatedBlockIds(),
                of.model(),
                of.modelSettings(),
                Times.zuluOrNull(of.lastMessageAt()));
    }
}
