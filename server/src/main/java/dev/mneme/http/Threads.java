package dev.mneme.http;

import dev.mneme.agent.Agents;
import dev.mneme.agent.Conversation;
import dev.mneme.agent.Conversations;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Which thread a conversation route means: a conversation's own, or an agent's default one, written {@code default} with the agent
 * elsewhere in the request or (deprecated) as the agent's id itself (contract 03 §6, 12.4). Thread-safe.
 */
final class Threads {
    private final Agents agents;

    Threads(Agents agents) {
        this.agents = agents;
    }

    /** A thread of an agent. conversationId: null for its default one. */
    record Place(String agentId, @Nullable String conversationId) {
        /** What the thread is called in the database. */
        String threadId() {
            return conversationId == null ? agentId : conversationId;
        }
    }

    /** The thread; 404 when it is none. id: as in the path; agentId: as elsewhere in the request. */
    Place of(Call call, String id, @Nullable String agentId) {
        String agent = agent(id, agentId);
        if (agent != null) {
            return new Place(agents.get(call.org(), agent).id(), null);
        }
        Conversation found = agents.conversations().find(call.org(), id);
        if (found == null) {
            throw missing(id);
        }
        return new Place(found.agentId(), id);
    }

    /** As {@link #of}, null when there is no such thread. */
    @Nullable
    Place find(Call call, String id, @Nullable String agentId) {
        String agent = agent(id, agentId);
        if (agent != null) {
            return new Place(agent, null);
        }
        Conversation found = agents.conversations().find(call.org(), id);
        return found == null ? null : new Place(found.agentId(), id);
    }

    private static @Nullable String agent(String id, @Nullable String agentId) {
        if (id.equals(Conversations.DEFAULT)) {
            return agentId;
        }
        return IdKind.AGENT.fits(id) ? id : null;
    }

    private static Problem missing(String id) {
        return Problem.notFound("Conversation not found with id='['" + id + "']'");
    }
}
