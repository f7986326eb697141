package dev.mneme.file;

import dev.mneme.base.Clock;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.file.FilePassageSql.Waiting;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.Models;
import dev.mneme.memory.Vectors;
import dev.mneme.search.Index;
import dev.mneme.store.Db;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** Gives the passages of files their vectors, batch by batch, each stored as soon as it is there. Thread-safe. */
public final class PassageEmbedding {
    /** Batches asked for at once of a provider (contract 06 §6.4); the embedder in this process gets one, for it takes a core. */
    private static final int BATCHES = 3;

    /** Passages of a batch for the embedder in this process: some 50 ms, after which others come to work. */
    private static final int LOCAL_BATCH = 8;

    /** Batches of a provider that a config may ask for, at most. */
    private static final int MOST_IN_BATCH = 256;

    /** How long after a failure of the provider the batch is tried again, ms; the provider's client has tried several times by then. */
    private static final long[] PAUSES_MS = {2_000, 10_000};

    /** Failures that another try does not mend. */
    private static final Set<ProblemCode> FINAL = Set.of(
            ProblemCode.LLM_AUTHENTICATION,
            ProblemCode.LLM_INSUFFICIENT_CREDITS,
            ProblemCode.LLM_BAD_REQUEST,
            ProblemCode.LLM_CONTEXT_WINDOW);

    /** Failures that a shorter batch may mend. */
    private static final Set<ProblemCode> TOO_MUCH =
            Set.of(ProblemCode.LLM_BAD_REQUEST, ProblemCode.LLM_CONTEXT_WINDOW);

    private final Db db;
    private final Clock clock;
    private final Models models;
    private final Index index;
    private final Scope scope;

    public PassageEmbedding(Db db, Models models, Index index, Scope scope) {
        this.db = db;
        this.clock = db.clock();
        this.models = models;
        this.index = index;
        this.scope = scope;
    }

    /** The embedder cannot be used; the message is its own. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Embeds what has no vector yet. Returns early when the file is deleted or cancelled meanwhile. */
    void embed(IngestSql.Task task) throws Failed, InterruptedException {
        String fileId = task.file().id();
        Embedder embedder = null;
        int size = 0;
        while (true) {
            int wanted = embedder != null && embedder.local() ? size : size * BATCHES;
            List<Waiting> waiting = db.everywhere()
                    .read(tx -> IngestSql.open(tx, fileId)
                            ? FilePassageSql.waiting(tx, fileId, Math.max(1, wanted))
                            : List.of());
            if (waiting.isEmpty()) {
                return;
            }
            if (embedder == null) {
                embedder = embedder(task);
                size = embedder.local()
                        ? LOCAL_BATCH
                        : Math.clamp(task.embedding().batchSize(), 1, MOST_IN_BATCH);
                continue;
            }
            store(fileId, embedder, waiting, vectors(embedder, waiting, size));
            Thread.yield();
        }
    }

    private Embedder embedder(IngestSql.Task task) throws Failed {
        try {
            return models.embedder(task.embedding());
        } catch (Problem e) {
            throw new Failed(e.detail(), e);
        }
    }

    private List<float[]> vectors(Embedder embedder, List<Waiting> waiting, int size)
            throws Failed, InterruptedException {
        for (int attempt = 0; ; attempt++) {
            try {
                return once(embedder, waiting, size);
            } catch (ModelException e) {
                if (attempt == PAUSES_MS.length || FINAL.contains(e.kind())) {
                    throw new Failed(e.detail(), e);
                }
            }
            Thread.sleep(PAUSES_MS[attempt]);
        }
    }

    private List<float[]> once(Embedder embedder, List<Waiting> waiting, int size) {
        List<Callable<List<float[]>>> batches = new ArrayList<>();
        for (int from = 0; from < waiting.size(); from += size) {
            List<String> texts = waiting.subList(from, Math.min(waiting.size(), from + size)).stream()
                    .map(Waiting::text)
                    .toList();
            batches.add(() -> halved(embedder, texts));
        }
        List<float[]> all = new ArrayList<>(waiting.size());
        if (embedder.local() || batches.size() == 1) {
            for (Callable<List<float[]>> batch : batches) {
                all.addAll(call(batch));
            }
        } else {
            scope.all(batches).forEach(all::addAll);
        }
        return all;
    }

    private static List<float[]> call(Callable<List<float[]>> batch) {
        try {
            return batch.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e); // a batch throws nothing else
        }
    }

    /** A batch that is too much for the provider goes in two halves. */
    private static List<float[]> halved(Embedder embedder, List<String> texts) {
        try {
            return Vectors.embed(embedder, texts, texts.size());
        } catch (ModelException e) {
            if (texts.size() == 1 || !TOO_MUCH.contains(e.kind())) {
                throw e;
            }
            int middle = texts.size() / 2;
            List<float[]> all = new ArrayList<>(halved(embedder, texts.subList(0, middle)));
            all.addAll(halved(embedder, texts.subList(middle, texts.size())));
            return all;
        }
    }

    private void store(String fileId, Embedder embedder, List<Waiting> waiting, List<float[]> vectors) {
        db.everywhere().write(tx -> {
            for (int i = 0; i < waiting.size(); i++) {
                FilePassageSql.embed(tx, waiting.get(i).id(), vectors.get(i), embedder.name(), clock.next());
            }
            IngestSql.embedded(tx, fileId, FilePassageSql.embedded(tx, fileId), clock.next());
            tx.afterCommit(index::nudge);
            return true;
        });
    }
}
