package dev.mneme.memory;

import dev.mneme.base.Clock;
import dev.mneme.base.Problem;
import dev.mneme.llm.Models;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.search.Index;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recall memory: every message ever said, and which of them are in a thread's context window. Thread-safe.
 *
 * <p>A thread is an agent's id (its default conversation) or a conversation's. Position 0 of its context is the system message.
 */
public final class Recall {
    /** Rows before and after a message in which its calls and returns are looked for: nothing else is said while a call is open. */
    private static final int PAIRED_WITHIN = 50;

    private final Db db;
    private final Clock clock;
    private final Index index;
    private final RecallSearch search;
    private final KnownContexts contexts = new KnownContexts(KnownContexts.LIMIT);

    /** With the embedder inside this process for searches by meaning. */
    public Recall(Db db, Index index, Models models) {
        this(db, index, new MessageEmbedder(models, MessageEmbedder.LOCAL));
    }

    public Recall(Db db, Index index, MessageEmbedder embedder) {
        this.db = db;
        this.clock = db.clock();
        this.index = index;
        this.search = new RecallSearch(db, index, embedder);
    }

    /** Stores new messages. They are not in any context until {@link #append} or {@link #setContext}. */
    public void insert(Tx tx, List<Message> messages) {
        if (!messages.isEmpty()) {
            MessageSql.insert(tx, messages, clock::next);
            tx.afterCommit(index::nudge);
        }
    }

    /** Wakes the index after this commit: something was noted for it. */
    public void nudge(Tx tx) {
        tx.afterCommit(index::nudge);
    }

    /** What is in the context of a thread, in order. */
    public List<Message> context(Tx tx, String threadId) {
        return contexts.of(tx, threadId);
    }

    /** As {@link #context(Tx, String)} in a transaction of its own. */
    public List<Message> context(String org, String threadId) {
        return db.of(org).read(tx -> contexts.of(tx, threadId));
    }

    /** The last dozen rows of a thread's context, in order. */
    public List<Message> tail(Tx tx, String threadId) {
        return ContextSql.tail(tx, threadId);
    }

    /** The id of the unanswered approval request that a thread's context ends with; null when it ends otherwise. */
    public @Nullable String openRequest(Tx tx, String threadId) {
        return ContextSql.openRequest(tx, threadId);
    }

    public List<String> contextIds(Tx tx, String threadId) {
        return ContextSql.ids(tx, threadId);
    }

    /** Adds messages at the end of a thread's context. */
    public void append(Tx tx, String threadId, List<String> messageIds) {
        ContextSql.append(tx, threadId, messageIds);
    }

    /** Replaces a thread's context as a whole. */
    public void setContext(Tx tx, String threadId, List<String> messageIds) {
        ContextSql.replace(tx, threadId, messageIds, clock.next());
    }

    /**
     * Stores a summary and puts it where the first of the leaving messages stood; these leave the context and stay in the history. False, and
     * nothing done, when none of them is there any more.
     */
    public boolean fold(Tx tx, String threadId, Set<String> leaving, Message summary) {
        List<ContextSql.Entry> gone = ContextSql.entries(tx, threadId).stream()
                .filter(entry -> leaving.contains(entry.messageId()))
                .toList();
        if (gone.isEmpty()) {
            return false;
        }
        insert(tx, List.of(summary));
        ContextSql.replace(
                tx, threadId, gone.getFirst().position(), gone.getLast().position(), summary.id());
        ContextSql.changed(tx, summary.id(), clock.next());
        return true;
    }

    /** Empties a thread's context, for a thread that goes away. The messages stay. */
    public void clearContext(Tx tx, String threadId) {
        ContextSql.clear(tx, threadId);
    }

    /** Takes messages of an agent out for good: of its history, of every context and of the index. */
    public void forget(Tx tx, String agentId, List<String> messageIds) {
        if (!messageIds.isEmpty()) {
            ForgetSql.forget(tx, agentId, messageIds, clock::next);
            tx.afterCommit(index::nudge);
        }
    }

    /** Marks the messages of a run as said in a group. */
    public void stampGroup(Tx tx, String runId, String groupId) {
        MessageSql.stampGroup(tx, runId, groupId);
    }

    /** Deletes what was said in a group, from the contexts of its agents too: nothing names a message that is gone. */
    public void deleteOfGroup(Tx tx, String groupId) {
        MessageSql.ofGroup(tx, groupId).forEach((agentId, ids) -> forget(tx, agentId, ids));
    }

    /** Gives a stored message the content of this one. */
    public void edit(String org, Message changed) {
        db.of(org).write(tx -> {
            replaceContent(tx, changed.id(), changed.content());
            return true;
        });
    }

    /**
     * Takes one message of an agent out for good, with the calls, approvals and returns that belong to it. 404 when the agent has no such
     * message, 400 for the system message of a thread.
     *
     * @param busy throws when one of these threads is at work
     * @return the ids of what went
     */
    public List<String> forget(String org, String agentId, String messageId, ThreadCheck busy) {
        return db.of(org).write(tx -> {
            Message row = MessageSql.find(tx, messageId);
            if (row == null || !row.agentId().equals(agentId)) {
                throw Problem.notFound("Message with id " + messageId + " not found.");
            }
            if (ForgetSql.leads(tx, messageId)) {
                throw Problem.invalid(
                        "The system message is compiled from the agent's memory and cannot be deleted. Change its blocks or its system text.");
            }
            List<String> gone = List.copyOf(Pairing.of(ForgetSql.around(tx, row, PAIRED_WITHIN), messageId));
            Set<String> threads = ForgetSql.threads(tx, gone);
            threads.add(row.conversationId() == null ? agentId : row.conversationId());
            busy.check(tx, threads);
            forget(tx, agentId, gone);
            return gone;
        });
    }

    /** Refuses while one of the threads is at work. */
    @FunctionalInterface
    public interface ThreadCheck {
        void check(Tx tx, Set<String> threadIds);
    }

    /** Rewrites a stored message: only for the system message, which follows the blocks. */
    public void replaceContent(Tx tx, String messageId, List<Content> content) {
        MessageSql.replaceContent(tx, messageId, content, clock.next());
        tx.afterCommit(index::nudge);
    }

    public @Nullable Message find(Tx tx, String id) {
        return MessageSql.find(tx, id);
    }

    /** The ids of all messages of an agent in all its threads, oldest first. */
    public List<String> ids(Tx tx, String agentId) {
        return MessageSql.ids(tx, agentId);
    }

    /** The messages with these ids, by id; missing ones are absent. */
    public Map<String, Message> byIds(Tx tx, Collection<String> ids) {
        return MessageSql.byIds(tx, ids);
    }

    /** How far the index behind searches is. */
    public Index.IndexStatus indexStatus() {
        return index.status();
    }

    /** By how many rows the index differs from the database, apart from those that wait to be taken in. */
    public long indexAmiss() {
        return index.amiss();
    }

    /** Has the index built anew from the database. */
    public void rebuildIndex() {
        index.rebuild();
    }

    /** A message, or the contract's 404. */
    public Message get(String org, String id) {
        return db.of(org).read(tx -> {
            Message found = MessageSql.find(tx, id);
            if (found == null) {
                throw Problem.notFound("Message with id " + id + " not found.");
            }
            return found;
        });
    }

    /** A page of history (contract 03 §5); throws the contract's 404 for an unknown cursor. */
    public List<Message> list(String org, MessageQuery query) {
        return db.of(org).read(tx -> MessageSql.list(tx, query));
    }

    /** What was said on a subject, best first; without one the latest. Found at once by its words, by meaning a little later. */
    public List<FoundMessage> search(String org, RecallQuery query) {
        return search.search(org, query);
    }

    /** The messages of a run, its input included, oldest first. */
    public List<Message> ofRun(Tx tx, String runId) {
        return MessageSql.ofRun(tx, runId);
    }

    /** A page of the messages of these runs, their input included. agentId: null for all of them. */
    public List<Message> ofRuns(String org, List<String> runIds, @Nullable String agentId, Page page) {
        return db.of(org).read(tx -> MessageSql.ofRuns(tx, runIds, agentId, page));
    }

    /** The messages of a step, oldest first. */
    public List<Message> ofStep(Tx tx, String stepId) {
        return MessageSql.ofStep(tx, stepId);
    }

    /** As {@link #ofStep(Tx, String)} in a transaction of its own. */
    public List<Message> ofStep(String org, String stepId) {
        return db.of(org).read(tx -> MessageSql.ofStep(tx, stepId));
    }

    /** How many messages an agent has in all its threads. Costs the same for any number. */
    public long count(Tx tx, String agentId) {
        return MessageSql.count(tx, agentId);
    }

    /** As {@link #count(Tx, String)} in a transaction of its own. */
    public long count(String org, String agentId) {
        return db.of(org).read(tx -> MessageSql.count(tx, agentId));
    }
}
