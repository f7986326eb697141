package dev.mneme.http;

import dev.mneme.run.Desk;
import dev.mneme.turn.Compacted;
import dev.mneme.wire.CompactionRequest;
import dev.mneme.wire.CompactionView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compacting a context because somebody asks for it (contract 04 §6). */
final class CompactionRoutes {
    private final Desk desk;

    CompactionRoutes(Desk desk) {
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/v1/agents/{agent_id:agent}/summarize", "Puts a summary in the place of older messages")
                        .optionalBody(CompactionRequest.class)
                        .gives(CompactionView.class)
                        .by(call -> compact(call, call.at("agent_id"), null)));
    }

    /** conversationId: null for the agent's default thread. */
    Answer compact(Call call, String agentId, @Nullable String conversationId) {
        CompactionRequest body =
                call.json().isObject() ? call.body(CompactionRequest.class) : new CompactionRequest(null);
        Compacted done = desk.compact(call.org(), call.user(), agentId, conversationId, body.compactionSettings());
        return Answer.ok(new CompactionView(done.summary(), done.messagesBefore(), done.messagesAfter()));
    }
}
