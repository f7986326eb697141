package dev.mneme.file;

import dev.mneme.base.Clock;
import dev.mneme.base.Scope;
import dev.mneme.file.text.Chunker;
import dev.mneme.file.text.Parsed;
import dev.mneme.file.text.Reading;
import dev.mneme.file.text.Unreadable;
import dev.mneme.search.Index;
import dev.mneme.store.Db;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads uploads behind the answer: text, passages, vectors (contract 06 §6.4). The database is the queue, so what a stopped or killed
 * server left is taken up again: reading from the start, embedding where it stood. Passages are found by their words as soon as the file
 * is read; vectors follow. Thread-safe.
 */
public final class Ingest {
    private static final Logger LOG = LoggerFactory.getLogger(Ingest.class);

    /** Files worked on at once: a slow embedder of one folder does not hold up the others. */
    private static final int WORKERS = 3;

    /** Files read at once: reading keeps a core busy, and the other one serves. */
    private static final int READERS = 1;

    /** Passages stored in one transaction: some 30 ms, for which other writes wait. */
    private static final int AT_ONCE = 200;

    /** How long a file stays with a server that is silent, µs, and how often the server speaks up, ms. */
    private static final long LEASE_MICROS = 60_000_000;

    private static final long RENEW_MS = 15_000;

    /** Between two looks for work that another server left, ms. */
    private static final long LOOK_MS = 5_000;

    /** After a failure of the database, ms. */
    private static final long AFTER_FAILURE_MS = 2_000;

    /** After so long an upload whose server is gone counts as lost, µs (contract 06 §6.5). */
    private static final long LOST_MICROS = 30 * 60_000_000L;

    private static final String LOST = "File processing timed out after 30 minutes. Please try again.";
    private static final String NO_CHUNKS =
            "No chunks created from text with default chunker: the file holds only blanks.";

    private final Db db;
    private final Clock clock;
    private final Index index;
    private final Spool spool;
    private final AgentFiles agents;
    private final PassageEmbedding embedding;
    private final String owner;
    private final Chunker chunker = new Chunker();
    private final Set<String> working = ConcurrentHashMap.newKeySet();
    private final ReentrantLock claiming = new ReentrantLock();
    private final Semaphore nudges = new Semaphore(0);
    private final Semaphore readers = new Semaphore(READERS);

    /** owner: the id of this installation, the same after a restart. */
    public Ingest(Db db, Index index, Spool spool, AgentFiles agents, PassageEmbedding embedding, String owner) {
        this.db = db;
        this.clock = db.clock();
        this.index = index;
        this.spool = spool;
        this.agents = agents;
        this.embedding = embedding;
        this.owner = owner;
    }

    String owner() {
        return owner;
    }

    /** Works until the scope is closed. */
    public void start(Scope scope) {
        for (int i = 0; i < WORKERS; i++) {
            scope.fork("files-" + i, () -> forever(this::work));
        }
        scope.fork("files-lease", () -> forever(this::renew));
    }

    /** There is a new file. */
    void nudge() {
        nudges.release();
    }

    private interface Round {
        void go() throws InterruptedException;
    }

    private static void forever(Round round) {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                round.go();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the server is closing
            }
        }
    }

    private void renew() throws InterruptedException {
        Thread.sleep(RENEW_MS);
        List<String> mine = List.copyOf(working);
        try {
            long now = clock.now();
            db.everywhere().write(tx -> {
                if (!mine.isEmpty()) {
                    IngestSql.renew(tx, owner, mine, now + LEASE_MICROS);
                }
                for (String id : IngestSql.lost(tx, owner, now - LOST_MICROS)) {
                    IngestSql.end(tx, id, FileStatus.ERROR, LOST, clock.next());
                }
                return true;
            });
        } catch (RuntimeException e) {
            // Files whose lease runs out are worked on twice at worst; the next round tries again.
            LOG.warn("The leases of files could not be renewed: {}", e.toString());
        }
    }

    private void work() throws InterruptedException {
        IngestSql.Task task;
        try {
            task = claim();
        } catch (RuntimeException e) {
            // The database is away or full: the queue is in there, so nothing is lost by waiting.
            LOG.warn("No look for files to read: {}", e.toString());
            Thread.sleep(AFTER_FAILURE_MS);
            return;
        }
        if (task == null) {
            nudges.tryAcquire(LOOK_MS, TimeUnit.MILLISECONDS);
            return;
        }
        try {
            process(task);
        } finally {
            working.remove(task.file().id());
        }
    }

    private IngestSql.@Nullable Task claim() {
        claiming.lock();
        try {
            long now = clock.now();
            IngestSql.Task task = db.everywhere()
                    .write(tx -> Optional.ofNullable(
                            IngestSql.claim(tx, owner, List.copyOf(working), now, now + LEASE_MICROS)))
                    .orElse(null);
            if (task != null) {
                working.add(task.file().id());
            }
            return task;
        } finally {
            claiming.unlock();
        }
    }

    private void process(IngestSql.Task task) throws InterruptedException {
        String id = task.file().id();
        try {
            if (task.file().status() != FileStatus.EMBEDDING) {
                readers.acquire();
                try {
                    read(task);
                } finally {
                    readers.release();
                }
            }
            embedding.embed(task);
            end(id, FileStatus.COMPLETED, null);
        } catch (Unreadable e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException(); // the next start reads it
            }
            end(id, FileStatus.ERROR, Objects.requireNonNull(e.getMessage()));
        } catch (PassageEmbedding.Failed e) {
            end(id, FileStatus.ERROR, Objects.requireNonNull(e.getMessage()));
        } catch (RuntimeException e) {
            // An edge: a bug or a database that went away must not end the worker, and the file must not be tried for
            // ever.
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException();
            }
            LOG.error("file {} could not be processed", id, e);
            end(id, FileStatus.ERROR, "File processing failed: " + e);
        }
    }

    private void end(String id, FileStatus status, @Nullable String error) {
        db.everywhere().write(tx -> {
            IngestSql.end(tx, id, status, error, clock.next());
            return true;
        });
        spool.drop(id);
    }

    private void read(IngestSql.Task task) throws Unreadable {
        StoredFile file = task.file();
        String moved = spool.has(file.id()) ? null : moved(file.id());
        if (moved == null && !spool.has(file.id())) {
            throw new Unreadable("The upload is no longer there to be read. Please upload the file again.");
        }
        boolean empty = moved == null ? file.size() == 0 : moved.isEmpty();
        Parsed parsed;
        if (moved != null) {
            parsed = new Parsed(List.of(moved.split("\f", -1)), hint(file).shape());
        } else if (empty) {
            parsed = new Parsed(List.of(""), Parsed.Shape.PROSE);
        } else {
            parsed = Reading.of(spool.path(file.id()), hint(file));
        }
        Integer size = task.embedding().embeddingChunkSize();
        List<String> passages = chunker.passages(parsed, size == null ? Chunker.SIZE : size);
        db.everywhere().write(tx -> {
            FilePassageSql.clear(tx, file.id(), clock::next);
            return true;
        });
        for (int from = 0; from < passages.size(); from += AT_ONCE) {
            int first = from;
            List<String> some = passages.subList(from, Math.min(passages.size(), from + AT_ONCE));
            boolean open = db.everywhere().write(tx -> {
                boolean wanted = IngestSql.open(tx, file.id());
                if (wanted) {
                    FilePassageSql.insert(tx, file, task.organizationId(), first, some, clock::next);
                }
                return wanted;
            });
            if (!open) {
                return;
            }
        }
        finishReading(file, moved == null ? parsed : null, passages.size());
        if (passages.isEmpty() && !empty) {
            throw new Unreadable(NO_CHUNKS);
        }
    }

    /** The text of a file that came in with an agent, read where it came from; null: it is no such file. */
    private @Nullable String moved(String id) {
        return db.everywhere()
                .read(tx -> Optional.ofNullable(FileSql.content(tx, id)))
                .orElse(null);
    }

    /**
     * An empty file counts as one passage that nobody needs to embed (contract 06 §6.4).
     *
     * @param parsed null: the text is stored, and agents see it as they did
     */
    private void finishReading(StoredFile file, @Nullable Parsed parsed, int passages) {
        db.everywhere().write(tx -> {
            if (IngestSql.open(tx, file.id())) {
                IngestSql.read(tx, file.id(), Math.max(1, passages), clock.next());
                if (parsed != null) {
                    FileSql.setContent(tx, file.id(), parsed.text());
                    agents.arrived(tx, file);
                }
                tx.afterCommit(index::nudge);
                tx.afterCommit(() -> spool.drop(file.id()));
            }
            return true;
        });
    }

    private static Reading.Hint hint(StoredFile file) {
        String name = file.originalName();
        return new Reading.Hint(
                FileTypes.isHtml(file.type(), name),
                FileTypes.isMarkdown(file.type(), name),
                FileTypes.isCode(file.type(), name)
                        || Set.of("csv", "json", "jsonl").contains(FileTypes.ending(name)));
    }
}
