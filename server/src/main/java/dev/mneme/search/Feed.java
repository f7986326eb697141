package dev.mneme.search;

import dev.mneme.base.Scope;
import dev.mneme.store.Db;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the index after the database: one thread that lets {@link Intake} look, publishes a new {@link View} after each look, makes
 * the index durable now and then, and builds it anew when it is missing or damaged. {@link #view}, {@link #nudge} and the questions
 * may come from any thread; everything else is the feed thread's own.
 */
final class Feed {
    /** Pause after a failure (disk full, database away), ms. Searches read the database meanwhile. */
    private static final long FAILURE_PAUSE_MS = 3_000;

    /** Longest wait for the thread at the end, ms. A graph being built cannot be stopped; what was taken in is durable by then. */
    private static final long CLOSE_MS = 5_000;

    /** How long nothing was written before scattered segments are gathered, ms. */
    private static final long QUIET_MS = 3_000;

    /** Messages up to which the rows are counted at start: above, counting would read too much of the table. */
    private static final long COUNTED_MESSAGES = 200_000;

    /** How long tombstones are kept, µs: another server on the same database, or an older copy of the folder, may still need them. */
    static final long KEEP_GRAVES_MICROS = 7 * 86_400_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    private final Db db;
    private final Path folder;
    private final SearchOptions options;
    private final Scope scope;
    private final Semaphore nudges = new Semaphore(0);
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean committing = new AtomicBoolean();

    private volatile View view = View.empty();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean rebuilding;
    private volatile boolean damaged;
    private volatile @Nullable Shelf shelf;

    private @Nullable Intake intake;
    private boolean counted;
    private long lastCommit;
    private long lastChange = System.nanoTime();

    Feed(Db db, Path folder, SearchOptions options, Scope scope) {
        this.db = db;
        this.folder = folder;
        this.options = options;
        this.scope = scope;
    }

    /** The newest state, held for the caller. Waits for the first one. */
    View view() {
        try {
            opened.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // goes on with an empty index: right, only slower
        }
        while (true) {
            View now = view;
            if (now.hold()) {
                return now;
            }
        }
    }

    void nudge() {
        if (nudges.availablePermits() == 0) {
            nudges.release();
        }
    }

    boolean rebuilding() {
        return rebuilding || damaged;
    }

    /** Whether graphs are being built, or will be when the writing pauses. */
    boolean linking() {
        Shelf now = shelf;
        return now != null && (now.merging() || Shelf.scattered(view.reader()));
    }

    /** Has the index built anew; called when a search met damage. */
    void distrust(Exception damage) {
        LOG.warn("The search index is damaged ({}); it is rebuilt from the database.", damage.toString());
        damaged = true;
        nudge();
    }

    /** Has the index built anew. */
    void rebuild() {
        damaged = true;
        nudge();
    }

    /** Ends the thread after a last commit. */
    void stop() {
        stopping.countDown();
        nudge();
        try {
            if (!ended.await(CLOSE_MS, TimeUnit.MILLISECONDS)) {
                LOG.info("The search index is still building a graph; it will be built again after the next start.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The thread's whole life. */
    void run() {
        try {
            while (stopping.getCount() > 0) {
                try {
                    step();
                } catch (IOException | RuntimeException e) {
                    // An edge: whatever went wrong with disk or database, the feed goes on; the index may be lost,
                    // never the truth.
                    failed(e);
                }
            }
            finish();
        } finally {
            opened.countDown();
            ended.countDown();
        }
    }

    private void step() throws IOException {
        if (damaged) {
            drop();
            Shelf.wipe(folder);
            damaged = false;
        }
        Shelf open = shelf;
        Intake reading = intake;
        if (open == null || reading == null) {
            open = openShelf();
            reading = new Intake(db, open, () -> stopping.getCount() == 0);
            shelf = open;
            intake = reading;
            publish(open, reading.taken());
            opened.countDown();
        }
        reading.look();
        if (reading.changed()) {
            lastChange = System.nanoTime();
            publish(open, reading.taken());
        } else if (open.merged(view.reader())) {
            publish(open, reading.taken());
        } else {
            republish(reading.taken());
        }
        progress(reading.more());
        if (!reading.more()) {
            if (!counted) {
                count(reading.taken());
            }
            commit(open, reading.taken());
            gather(open);
            pause();
        }
    }

    private Shelf openShelf() throws IOException {
        Shelf open;
        try {
            open = Shelf.open(folder, options);
        } catch (LockObtainFailedException e) {
            throw e; // somebody works in there: not ours to wipe
        } catch (IOException | IllegalArgumentException e) {
            LOG.info("The search index cannot be used ({}); it is rebuilt from the database.", e.toString());
            Shelf.wipe(folder);
            open = Shelf.open(folder, options);
        }
        if (open.durable().newest() > db.everywhere().read(FeedSql::newest)) {
            LOG.info("The search index is ahead of the database; it is rebuilt.");
            open.close();
            Shelf.wipe(folder);
            open = Shelf.open(folder, options);
        }
        rebuilding = open.durable().equals(Position.NOTHING);
        counted = rebuilding;
        lastCommit = System.nanoTime();
        return open;
    }

    private void publish(Shelf open, Position taken) throws IOException {
        View old = view;
        DirectoryReader next = old.reader() instanceof DirectoryReader reader ? open.newer(reader) : open.reader();
        if (next == null) {
            republish(taken);
        } else {
            view = new View(next, taken);
            old.retire();
        }
    }

    /** The same reader with a newer position. */
    private void republish(Position taken) {
        View old = view;
        if (!old.position().equals(taken) && old.hold()) {
            view = new View(old.reader(), taken);
            old.retire();
        }
    }

    private void progress(boolean more) {
        if (rebuilding) {
            int rows = view.reader().numDocs();
            if (more) {
                LOG.info("Rebuilding the search index from the database: {} rows so far.", rows);
            } else if (rows > 0) {
                LOG.info("The search index is rebuilt: {} rows.", rows);
            }
            rebuilding = more;
        }
    }

    /** Makes the index durable, at its time and on another thread: writing hundreds of MB to disk takes seconds. */
    private void commit(Shelf open, Position taken) {
        boolean due = System.nanoTime() - lastCommit > options.commitMs() * 1_000_000;
        if (!due || taken.equals(open.durable()) || !committing.compareAndSet(false, true)) {
            return;
        }
        lastCommit = System.nanoTime();
        boolean forked = scope.fork("search-commit", () -> {
            try {
                if (stopping.getCount() > 0) { // else the end commits
                    open.commit(taken);
                    prune(taken);
                }
            } catch (IOException | RuntimeException e) {
                // The next use of the writer meets the same trouble and drops the index.
                LOG.warn("The search index could not be written: {}", e.toString());
            } finally {
                committing.set(false);
            }
        });
        if (!forked) {
            committing.set(false);
        }
    }

    /** Forgets tombstones that this index has long had on disk. */
    private void prune(Position durable) {
        long before = Math.min(durable.graves().floor(), db.clock().now() - KEEP_GRAVES_MICROS);
        if (db.everywhere().read(tx -> FeedSql.hasGraves(tx, before))) {
            db.everywhere().write(tx -> FeedSql.dropGraves(tx, before));
        }
    }

    /** In a pause of the writing, merges what it left in many pieces. */
    private void gather(Shelf open) throws IOException {
        boolean quiet = System.nanoTime() - lastChange > QUIET_MS * 1_000_000;
        if (quiet && !open.merging() && Shelf.scattered(view.reader())) {
            open.gather(view.reader().numDocs());
        }
    }

    /** Once after opening: as many entries as rows, or something was changed behind the index's back. */
    private void count(Position taken) {
        View now = view;
        db.everywhere().read(tx -> {
            if (FeedSql.newest(tx) > taken.newest()) {
                return false; // rows came in meanwhile: another time
            }
            counted = true;
            long messages = FeedSql.count(tx, Query.Kind.MESSAGE);
            boolean right = held(now, Query.Kind.PASSAGE) == FeedSql.count(tx, Query.Kind.PASSAGE)
                    && held(now, Query.Kind.FILE_PASSAGE) == FeedSql.count(tx, Query.Kind.FILE_PASSAGE)
                    && (messages > COUNTED_MESSAGES || held(now, Query.Kind.MESSAGE) == messages);
            if (!right) {
                LOG.info("The search index and the database differ in their number of rows; it is rebuilt.");
                damaged = true;
                nudge();
            }
            return right;
        });
    }

    static long held(View view, Query.Kind kind) {
        try {
            return new IndexSearcher(view.reader()).count(new TermQuery(new Term(Layout.KIND, kind.name())));
        } catch (IOException e) {
            return -1; // no number of rows: unreadable is as bad as wrong
        }
    }

    private void pause() {
        try {
            if (!stopping.await(options.pauseMs(), TimeUnit.MILLISECONDS)) {
                nudges.tryAcquire(options.pollMs(), TimeUnit.MILLISECONDS);
                nudges.drainPermits();
            }
        } catch (InterruptedException e) {
            stopping.countDown();
        }
    }

    private void failed(Exception e) {
        LOG.warn("The search index stopped following ({}); it is opened again.", e.toString());
        drop();
        opened.countDown();
        try {
            stopping.await(FAILURE_PAUSE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            stopping.countDown();
        }
    }

    private void drop() {
        View old = view;
        view = View.empty();
        old.retire();
        intake = null;
        Shelf open = shelf;
        shelf = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException | RuntimeException e) {
                LOG.debug("closing a broken index", e);
            }
        }
    }

    private void finish() {
        Shelf open = shelf;
        Intake reading = intake;
        if (open != null && reading != null && !reading.taken().equals(open.durable())) {
            try {
                open.commit(reading.taken());
            } catch (IOException | RuntimeException e) {
                LOG.warn("The search index could not be written: {}", e.toString());
            }
        }
        drop();
    }
}
