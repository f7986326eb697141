package dev.mneme.run;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many requests handed in at once: stored whole, then given to the desk in order, a few at a time, so that a batch never crowds out who
 * talks meanwhile. Each becomes a run of its own, with any provider. A restarted server goes on where it was: a request that the desk had
 * taken is recognised by its key and not taken twice. Thread-safe.
 */
public final class Batches implements AutoCloseable {
    /** Requests of one batch: it is stored in one transaction and shown as a whole. */
    public static final int MOST_REQUESTS = 1_000;

    /** Runs of batches at once on this server: providers limit calls at once, and people who talk go first. */
    static final int MOST_AT_ONCE = 8;

    /** Milliseconds until a thread whose queue is full is tried again. */
    private static final long BUSY_PAUSE = 500;

    private static final Logger LOG = LoggerFactory.getLogger(Batches.class);

    private final Db db;
    private final Clock clock;
    private final Desk desk;
    private final Callbacks callbacks;
    private final Scope scope = new Scope("batch");
    private final Semaphore places = new Semaphore(MOST_AT_ONCE, true);

    public Batches(Db db, Desk desk, Callbacks callbacks) {
        this.db = db;
        this.clock = db.clock();
        this.desk = desk;
        this.callbacks = callbacks;
    }

    /** Goes on with what an earlier server left. Called once, after the desk has started. */
    public void start() {
        for (BatchSql.Open batch : db.everywhere().read(BatchSql::open)) {
            fork(batch.organizationId(), batch.id());
        }
    }

    /** Takes a batch in; its runs begin behind. callbackUrl: where its end is told, null: nowhere. */
    public BatchRow create(String org, @Nullable String userId, List<Submit> requests, @Nullable String callbackUrl) {
        if (requests.isEmpty()) {
            throw new Problem(ProblemCode.INVALID_ARGUMENT, "Empty list of batch_requests passed in!");
        }
        if (requests.size() > MOST_REQUESTS) {
            throw Problem.invalid("At most " + MOST_REQUESTS + " requests in one batch, not " + requests.size());
        }
        callbacks.check(callbackUrl);
        long now = clock.next();
        String id = IdKind.JOB.next();
        BatchRow made = db.of(org).write(tx -> {
            BatchSql.insert(tx, id, userId, callbackUrl, now, requests);
            return BatchSql.get(tx, id);
        });
        fork(org, id);
        return made;
    }

    /** One batch; 404 when there is none. */
    public BatchRow get(String org, String id) {
        return db.of(org).read(tx -> BatchSql.get(tx, id));
    }

    /** One page. after and before are ids, relative to the order. */
    public List<BatchRow> list(
            String org, @Nullable String after, @Nullable String before, boolean ascending, int limit) {
        return db.of(org).read(tx -> BatchSql.list(tx, after, before, ascending, limit));
    }

    /** Begins nothing more of a batch and stops the runs that it has begun. One that has ended stays as it is. */
    public void cancel(String org, String id) {
        List<String> begun = db.of(org).write(tx -> {
            BatchRow batch = BatchSql.get(tx, id);
            end(tx, org, batch, BatchRow.CANCELLED);
            return batch.ended() ? List.<String>of() : batch.runIds();
        });
        desk.cancel(org, begun);
    }

    /** Marks the end of a batch and that it is to be told; one that has ended stays as it is. */
    private void end(Tx tx, String org, BatchRow batch, String status) {
        long now = clock.next();
        if (BatchSql.mark(tx, batch.id(), status, now, now)) {
            callbacks.noted(tx, org, batch);
        }
    }

    private void fork(String org, String id) {
        scope.fork(id, () -> work(org, id));
    }

    /** An edge where any exception is caught: a batch that breaks is taken up again by the next start. */
    private void work(String org, String id) {
        try {
            BatchRow batch = get(org, id);
            db.of(org).write(tx -> {
                BatchSql.mark(tx, id, BatchRow.RUNNING, clock.next(), null);
                return true;
            });
            List<CountDownLatch> under = new ArrayList<>();
            for (BatchRow.Item item : batch.items()) {
                if (item.error() != null) {
                    continue;
                }
                if (!begin(org, id, item, under)) {
                    return;
                }
            }
            for (CountDownLatch run : under) {
                run.await();
            }
            db.of(org).write(tx -> {
                end(tx, org, batch, BatchRow.COMPLETED);
                return true;
            });
        } catch (InterruptedException e) {
            // Stopping: the next start goes on.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("Batch {} waits for the next start: {}", id, e.getMessage());
        }
    }

    /** Gives one request to the desk; false when the batch was cancelled. */
    private boolean begin(String org, String id, BatchRow.Item item, List<CountDownLatch> under)
            throws InterruptedException {
        places.acquire();
        boolean given = false;
        try {
            if (get(org, id).ended()) {
                return false;
            }
            String runId = submitted(org, id, item);
            if (runId == null) {
                return true;
            }
            CountDownLatch ended = new CountDownLatch(1);
            under.add(ended);
            given = scope.fork(runId, () -> follow(org, runId, ended));
            return true;
        } finally {
            if (!given) {
                places.release();
            }
        }
    }

    private @Nullable String submitted(String org, String id, BatchRow.Item item) throws InterruptedException {
        Submit request = db.of(org).read(tx -> BatchSql.request(tx, id, item.position()));
        Submit keyed = request.keyed(id + "/" + item.position());
        while (true) {
            try {
                String runId = desk.submit(keyed).runId();
                note(org, id, item, runId, null);
                return runId;
            } catch (Problem refused) {
                if (refused.code() == ProblemCode.UNAVAILABLE) {
                    throw refused;
                }
                if (refused.code() != ProblemCode.BUSY) {
                    note(org, id, item, null, refused.detail());
                    return null;
                }
                Thread.sleep(BUSY_PAUSE);
            }
        }
    }

    private void note(String org, String id, BatchRow.Item item, @Nullable String runId, @Nullable String error) {
        db.of(org).write(tx -> {
            BatchSql.taken(tx, id, item.position(), runId, error);
            return true;
        });
    }

    private void follow(String org, String runId, CountDownLatch ended) {
        try {
            desk.await(org, runId);
            ended.countDown();
        } catch (Problem stopping) {
            // Not counted down: the batch is not done, the next start goes on.
            LOG.debug("Run {} of a batch goes on later: {}", runId, stopping.getMessage());
        } finally {
            places.release();
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
