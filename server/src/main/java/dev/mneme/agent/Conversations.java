package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.IsolatedBlocks;
import dev.mneme.memory.Recall;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The conversations of agents: threads with a context and a system message of their own, over the agent's blocks, tools and history
 * (contract 03 §6, 12.4). A thread id is a conversation's id, or the agent's for its default thread. Thread-safe.
 */
public final class Conversations {
    /** What clients write for the default thread of an agent that they name elsewhere. */
    public static final String DEFAULT = "default";

    private final Db db;
    private final Clock clock;
    private final ModelChoice choice;
    private final IsolatedBlocks isolated;
    private final Recall recall;
    private final SystemRow systemRow;

    Conversations(Db db, ModelChoice choice, Blocks blocks, Recall recall, SystemRow systemRow) {
        this.db = db;
        this.clock = db.clock();
        this.choice = choice;
        this.isolated = new IsolatedBlocks(blocks);
        this.recall = recall;
        this.systemRow = systemRow;
    }

    /** Begins a conversation with an agent. */
    public Conversation.Full create(String org, @Nullable String userId, String agentId, Conversation.Wish wish) {
        return db.of(org).write(tx -> {
            AgentState agent = agent(tx, agentId);
            Conversation made = insert(tx, userId, agent, wish);
            isolated.isolate(tx, userId, agentId, made.id(), wish.isolatedLabels());
            Message system = system(tx, agent, made, clock.next());
            recall.setContext(tx, made.id(), List.of(system.id()));
            return full(tx, made);
        });
    }

    private Conversation insert(Tx tx, @Nullable String userId, AgentState agent, Conversation.Wish wish) {
        long now = clock.next();
        Conversation made = new Conversation(
                IdKind.CONVERSATION.next(),
                agent.id(),
                wish.summary(),
                wish.model(),
                settings(agent, wish.modelSettings()),
                null,
                null,
                now,
                now,
                userId,
                userId);
        ConversationSql.insert(tx, made);
        return made;
    }

    private static @Nullable JsonNode settings(AgentState agent, @Nullable JsonNode sent) {
        return sent == null || sent.isNull() ? null : ModelChoice.filled(agent.llmConfig(), sent);
    }

    /** Stores the system message of a new conversation. at: when it stands in the history, microseconds. */
    private Message system(Tx tx, AgentState agent, Conversation of, long at) {
        String text = systemRow.compile(tx, agent, of.id()).text();
        Message row =
                Message.system(IdKind.MESSAGE.next(), agent.id(), text, at).inConversation(of.id());
        recall.insert(tx, List.of(row));
        return row;
    }

    /** One conversation; 404 when there is none. */
    public Conversation.Full get(String org, String id) {
        return db.of(org).read(tx -> full(tx, require(tx, id)));
    }

    public @Nullable Conversation find(String org, String id) {
        return db.of(org)
                .read(tx -> Optional.ofNullable(ConversationSql.find(tx, id)))
                .orElse(null);
    }

    /** One page; 404 for an unknown cursor. */
    public List<Conversation.Full> list(String org, Conversation.Filter filter) {
        if (filter.limit() == 0) {
            return List.of();
        }
        return db.of(org).read(tx -> {
            if (filter.after() != null) {
                require(tx, filter.after());
            }
            List<Conversation> page = ConversationSql.list(tx, filter);
            List<String> ids = page.stream().map(Conversation::id).toList();
            Map<String, List<String>> contexts = AgentPartsSql.contexts(tx, ids);
            Map<String, List<String>> copies = isolated.idsOf(tx, ids);
            return page.stream()
                    .map(one -> new Conversation.Full(
                            one, contexts.getOrDefault(one.id(), List.of()), copies.getOrDefault(one.id(), List.of())))
                    .toList();
        });
    }

    /** Changes a conversation. */
    public Conversation.Full patch(String org, @Nullable String userId, String id, Conversation.Patch patch) {
        return db.of(org).write(tx -> {
            Conversation old = require(tx, id);
            JsonNode settings = settings(agent(tx, old.agentId()), patch.modelSettings());
            Conversation changed = new Conversation(
                    id,
                    old.agentId(),
                    patch.summary() == null ? old.summary() : patch.summary(),
                    patch.model() == null ? old.model() : patch.model(),
                    settings == null ? old.modelSettings() : settings,
                    patch.lastMessageAt() == null ? old.lastMessageAt() : patch.lastMessageAt(),
                    old.lastRunCompletion(),
                    old.createdAt(),
                    clock.next(),
                    old.createdById(),
                    userId);
            ConversationSql.update(tx, changed);
            return full(tx, changed);
        });
    }

    /**
     * A new conversation that goes on from what is in a thread's context: the same rows after a system message of its own. The model
     * goes along; the summary and private blocks do not.
     *
     * @param threadId a conversation's id, or an agent's for its default thread
     */
    public Conversation.Full fork(String org, @Nullable String userId, String threadId) {
        return db.of(org).write(tx -> {
            Conversation source = ConversationSql.find(tx, threadId);
            if (source == null && !IdKind.AGENT.fits(threadId)) {
                throw missing(threadId);
            }
            AgentState agent = agent(tx, source == null ? threadId : source.agentId());
            Conversation made = insert(
                    tx,
                    userId,
                    agent,
                    new Conversation.Wish(
                            null,
                            source == null ? null : source.model(),
                            source == null ? null : source.modelSettings(),
                            List.of()));
            List<Message> context = recall.context(tx, threadId);
            List<Message> taken = context.subList(Math.min(1, context.size()), context.size());
            // The history is ordered by time, and the system message stands before what it introduces.
            long at = taken.isEmpty() ? clock.next() : taken.getFirst().createdAt() - 1;
            List<String> ids =
                    new ArrayList<>(List.of(system(tx, agent, made, at).id()));
            taken.forEach(message -> ids.add(message.id()));
            ConversationSql.share(tx, made.id(), ids.subList(1, ids.size()));
            recall.setContext(tx, made.id(), ids);
            return full(tx, made);
        });
    }

    /** Deletes a conversation, its private blocks, and the messages that no other conversation shows. */
    public void delete(String org, @Nullable String userId, String id) {
        db.of(org).write(tx -> {
            Conversation gone = require(tx, id);
            List<String> unseen = ConversationSql.lastSeenIn(tx, id);
            ConversationSql.markDeleted(tx, id, clock.next(), userId);
            ConversationSql.unshare(tx, id);
            recall.clearContext(tx, id);
            recall.forget(tx, gone.agentId(), unseen);
            isolated.drop(tx, id);
            return true;
        });
    }

    /** Compiles the system prompt of a thread and answers the new text; stores it unless this is a dry run. */
    public String recompile(String org, String threadId, boolean dryRun) {
        Db.View view = db.of(org);
        return dryRun
                ? view.read(tx -> recompile(tx, threadId, true))
                : view.write(tx -> recompile(tx, threadId, false));
    }

    private String recompile(Tx tx, String threadId, boolean dryRun) {
        Conversation of = ConversationSql.find(tx, threadId);
        if (of == null && !IdKind.AGENT.fits(threadId)) {
            throw missing(threadId);
        }
        return systemRow.recompile(tx, agent(tx, of == null ? threadId : of.agentId()), threadId, true, dryRun);
    }

    /**
     * The model that a conversation has of its own, in its agent's context window; null: as the agent. Asks providers, so not for use in a
     * transaction. 404 for a handle that nobody knows.
     */
    public @Nullable LlmConfig model(String org, String id) {
        record Found(Conversation conversation, AgentState agent) {}
        Found found = db.of(org).read(tx -> {
            Conversation conversation = require(tx, id);
            return new Found(conversation, agent(tx, conversation.agentId()));
        });
        Conversation own = found.conversation();
        return own.model() == null && own.modelSettings() == null
                ? null
                : choice.of(org).ofConversation(found.agent().llmConfig(), own.model(), own.modelSettings());
    }

    private Conversation.Full full(Tx tx, Conversation of) {
        return new Conversation.Full(of, recall.contextIds(tx, of.id()), isolated.idsOf(tx, of.id()));
    }

    /** The conversation, or 404: also when it was deleted. */
    static Conversation require(Tx tx, String id) {
        Conversation found = ConversationSql.find(tx, id);
        if (found == null) {
            throw missing(id);
        }
        return found;
    }

    private static AgentState agent(Tx tx, String id) {
        AgentState found = AgentSql.find(tx, id);
        if (found == null) {
            throw Problem.notFound("Agent not found");
        }
        return found;
    }

    static Problem missing(String id) {
        return Problem.notFound("Conversation not found with id='['" + id + "']'");
    }
}
