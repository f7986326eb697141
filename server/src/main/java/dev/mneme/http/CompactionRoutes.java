package dev.mneme.http;

import dev.mneme.run.Desk;
import dev.mneme.turn.Compacted;
import dev.mneme.wire.CompactionRequest;
import dev.mneme.wire.CompactionView;
import java.util.List;

/** Compacting a context because somebody asks for it (contract 04 §6). */
final class CompactionRoutes {
    private final Desk desk;
    private final Threads threads;

    CompactionRoutes(Desk desk, Threads threads) {
        this.desk = desk;
        this.threads = threads;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/v1/agents/{agent_id:agent}/summarize", "Puts a summary in the place of older messages")
                        .optionalBody(CompactionRequest.class)
                        .gives(CompactionView.class)
                        .by(call -> compact(call, new Threads.Place(call.at("agent_id"), null))),
                Route.post(
                                ConversationRoutes.CONVERSATION + "/compact",
                                "Puts a summary in the place of older messages of a conversation")
                        .optionalBody(CompactionRequest.class)
                        .takes(ConversationRoutes.DEFAULT_OF)
                        .gives(CompactionView.class)
                        .by(this::conversation));
    }

    /** The agent of default may stand in the body or in the query. */
    private Answer conversation(Call call) {
        String inBody = call.json().path("agent_id").asText(null);
        String agentId = inBody == null ? call.maybe(ConversationRoutes.DEFAULT_OF) : inBody;
        return compact(call, threads.of(call, call.at("conversation_id"), agentId));
    }

    private Answer compact(Call call, Threads.Place place) {
        CompactionRequest body =
                call.json().isObject() ? call.body(CompactionRequest.class) : new CompactionRequest(null, null);
        Compacted done = desk.compact(
                call.org(), call.user(), place.agentId(), place.conversationId(), body.compactionSettings());
        return Answer.ok(new CompactionView(done.summary(), done.messagesBefore(), done.messagesAfter()));
    }
}
