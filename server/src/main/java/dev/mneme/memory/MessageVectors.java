package dev.mneme.memory;

import dev.mneme.base.Problem;
import dev.mneme.base.Scope;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.ModelException;
import dev.mneme.memory.MessageVectorSql.Waiting;
import dev.mneme.search.Index;
import dev.mneme.store.Db;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives messages their vectors, behind the conversation and at the embedder's pace. One thread, few messages at a time; the database
 * is the queue, so nothing is lost by a restart and memory does not grow.
 *
 * <p>Messages are found by their words at once; a vector only adds to that. So this works when the conversation pauses and few answers
 * are on their way, and rests longer than it works.
 */
public final class MessageVectors {
    private static final Logger LOG = LoggerFactory.getLogger(MessageVectors.class);

    /** Messages embedded at a time: a batch takes well under 100 ms with the embedder in this process. */
    private static final int BATCH = 4;

    /** Characters of a message that are embedded; small embedders read about 250 words and ignore the rest. */
    private static final int CHARS = 2_000;

    /** How long nothing must have been said before work begins, and the longest wait for that and for who is busy, ms. */
    private static final long QUIET_MS = 1_000;

    private static final long PATIENCE_MS = 10_000;

    /** Between two looks when there is nothing to do, ms. */
    private static final long IDLE_MS = 1_000;

    /** After a failure of the embedder, ms. */
    private static final long AFTER_FAILURE_MS = 60_000;

    /** Rests between batches as a multiple of the time worked: a quarter of one core at most. */
    private static final int REST_FACTOR = 3;

    /** How far a mark stays behind the newest change, microseconds: longer than any transaction that is still open. */
    private static final long MARGIN = 30_000_000;

    private final Db db;
    private final Index index;
    private final MessageEmbedder messages;
    private final BooleanSupplier busy;
    /** Changes up to here are done. Both marks belong to the one thread that works. */
    private long after;

    /** The newest change that this class made itself: it is nobody speaking. */
    private long ownChange;

    /** busy: whether so much is being answered right now that vectors had better wait; no longer than some seconds. */
    public MessageVectors(Db db, Index index, MessageEmbedder messages, BooleanSupplier busy) {
        this.db = db;
        this.index = index;
        this.messages = messages;
        this.busy = busy;
    }

    /** Starts following the conversation until the scope is closed. */
    public void follow(Scope scope) {
        scope.fork("message-vectors", () -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    Thread.sleep(pause());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the server is closing
            }
        });
    }

    private long pause() throws InterruptedException {
        try {
            awaitQuiet();
            long start = System.nanoTime();
            int done = embedSome();
            return done == 0 ? IDLE_MS : REST_FACTOR * (System.nanoTime() - start) / 1_000_000;
        } catch (Problem | ModelException e) {
            LOG.warn("Messages get no vectors for now (they are found by their words): {}", e.getMessage());
            return AFTER_FAILURE_MS;
        }
    }

    private void awaitQuiet() throws InterruptedException {
        long seen = ownChange;
        for (long waited = 0; waited < PATIENCE_MS; waited += QUIET_MS) {
            long newest = newestChange();
            boolean quiet = newest <= seen || (db.clock().now() - newest) / 1_000 >= QUIET_MS;
            if (quiet && !busy.getAsBoolean()) {
                return;
            }
            seen = newest;
            Thread.sleep(QUIET_MS);
        }
    }

    private long newestChange() {
        return db.everywhere().read(MessageVectorSql::newestChange);
    }

    /** Embeds the next few messages that wait and says how many rows it looked at; 0: none waits. */
    int embedSome() {
        long newest = newestChange();
        if (newest == 0) {
            return 0; // do not load a model for an empty history
        }
        Embedder embedder = messages.embedder();
        if (embedder == null) {
            return 0;
        }
        List<Waiting> waiting = db.everywhere().read(tx -> MessageVectorSql.waiting(tx, embedder.name(), after, BATCH));
        if (waiting.isEmpty()) {
            after = Math.max(after, newest - MARGIN);
            return 0;
        }
        List<String> ids = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (Waiting one : waiting) {
            String text = Spoken.text(one.message());
            if (!text.isEmpty()) {
                ids.add(one.message().id());
                texts.add(text.length() <= CHARS ? text : text.substring(0, CHARS));
            }
        }
        if (!texts.isEmpty()) {
            List<float[]> vectors = Vectors.embed(embedder, texts, BATCH);
            ownChange = db.everywhere().write(tx -> {
                long change = ownChange;
                for (int i = 0; i < vectors.size(); i++) {
                    change = db.clock().next();
                    MessageVectorSql.write(tx, ids.get(i), embedder.name(), vectors.get(i), change);
                }
                tx.afterCommit(index::nudge);
                return change;
            });
        }
        after = Math.max(after, waiting.getLast().change());
        return waiting.size();
    }
}
