package dev.mneme.http;

import dev.mneme.agent.Agents;
import dev.mneme.base.Problem;
import dev.mneme.run.Desk;
import dev.mneme.wire.CancelRuns;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Stopping runs of an agent or of one of its conversations (contract 02 §10, 03 §6). */
final class CancelRoutes {
    private final Agents agents;
    private final Threads threads;
    private final Desk desk;

    CancelRoutes(Agents agents, Threads threads, Desk desk) {
        this.agents = agents;
        this.threads = threads;
        this.desk = desk;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                                "/v1/agents/{agent_id:agent}/messages/cancel",
                                "Stops runs of an agent: the named ones, or all that are at work or wait for approval")
                        .optionalBody(CancelRuns.class)
                        .by(this::ofAgent),
                Route.post(ConversationRoutes.CONVERSATION + "/cancel", "Stops what is at work in a conversation")
                        .takes(ConversationRoutes.DEFAULT_OF)
                        .optionalBody(CancelRuns.class)
                        .by(this::ofConversation));
    }

    private Answer ofAgent(Call call) {
        String agent = agents.get(call.org(), call.at("agent_id")).id();
        return cancel(call, agent, null, "agent " + agent);
    }

    private Answer ofConversation(Call call) {
        String id = call.at("conversation_id");
        Threads.Place place = threads.of(call, id, call.maybe(ConversationRoutes.DEFAULT_OF));
        return cancel(call, place.agentId(), place.conversationId(), "conversation " + id);
    }

    /** threadId: null means every thread of the agent. */
    private Answer cancel(Call call, String agentId, @Nullable String threadId, String whose) {
        CancelRuns wish = call.body(Binder.orEmpty(call.json()), CancelRuns.class);
        List<String> named = Objects.requireNonNullElse(wish.runIds(), List.of());
        List<String> runs = named.isEmpty() ? desk.cancellable(call.org(), agentId, threadId) : named;
        if (runs.isEmpty()) {
            throw Problem.conflict("No active runs to cancel for " + whose);
        }
        return Answer.ok(desk.cancel(call.org(), runs));
    }
}
