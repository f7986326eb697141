package dev.mneme.llm.local;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * all-MiniLM-L6-v2 (quantised) inside this process: 384 numbers, English first, no network, no key.
 *
 * <p>The model (23 MB in the jar, about 150 MB once loaded) is loaded at the first use, not at start. Thread-safe; a short text takes
 * about 16 ms, and only as many texts are worked on at once as there are processors to spare.
 */
public final class LocalEmbedder implements Embedder, AutoCloseable {
    public static final String NAME = "mneme/all-minilm-l6-v2";
    public static final int DIMENSIONS = 384;

    /** Texts at once; leaves a processor to the requests. */
    private static final int AT_ONCE = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);

    /** Stands for blank texts, which the library refuses: as near to nothing as it takes. */
    private static final String NEARLY_NOTHING = ".";

    private final Semaphore room = new Semaphore(AT_ONCE, true);
    private final ReentrantLock loading = new ReentrantLock();
    private volatile boolean closed;
    private volatile @Nullable AllMiniLmL6V2QuantizedEmbeddingModel model;

    @Override
    public List<float[]> embed(List<String> texts) {
        AllMiniLmL6V2QuantizedEmbeddingModel loaded = model();
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (String text : texts) {
            room.acquireUninterruptibly();
            try {
                requireOpen();
                vectors.add(vector(loaded, text));
            } finally {
                room.release();
            }
        }
        return vectors;
    }

    private static float[] vector(AllMiniLmL6V2QuantizedEmbeddingModel loaded, String text) {
        try {
            return loaded.embedAll(List.of(TextSegment.from(text.isBlank() ? NEARLY_NOTHING : text)))
                    .content()
                    .getFirst()
                    .vector();
        } catch (IllegalArgumentException e) {
            // control characters alone: not blank to Java, but nothing is left of them once the library has cleaned the
            // text
            return loaded.embedAll(List.of(TextSegment.from(NEARLY_NOTHING)))
                    .content()
                    .getFirst()
                    .vector();
        }
    }

    @Override
    public int dimensions() {
        return DIMENSIONS;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean local() {
        return true;
    }

    /**
     * Lets the model go and loads no other. Waits while one is being loaded or used: a process that ends in the midst of that dies in
     * native code.
     */
    @Override
    public void close() {
        closed = true;
        loading.lock();
        try {
            model = null;
        } finally {
            loading.unlock();
        }
        room.acquireUninterruptibly(AT_ONCE);
        room.release(AT_ONCE);
    }

    private void requireOpen() {
        if (closed) {
            throw new Problem(ProblemCode.UNAVAILABLE, "The server is stopping.");
        }
    }

    private AllMiniLmL6V2QuantizedEmbeddingModel model() {
        AllMiniLmL6V2QuantizedEmbeddingModel loaded = model;
        if (loaded != null) {
            return loaded;
        }
        loading.lock();
        try {
            loaded = model;
            if (loaded == null) {
                requireOpen();
                loaded = load();
                model = loaded;
            }
            return loaded;
        } finally {
            loading.unlock();
        }
    }

    /**
     * The tokenizer's library (DJL) would report its use to its maker, ask for Amazon's metadata service and fetch other builds on
     * machines with a graphics card, unless told not to before it is first touched.
     */
    private static AllMiniLmL6V2QuantizedEmbeddingModel load() {
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        try {
            return new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);
        } catch (RuntimeException | LinkageError e) {
            throw new ModelException(
                    ProblemCode.LLM_ERROR,
                    "The embedding model inside the server cannot be loaded.",
                    "INTERNAL_SERVER_ERROR: " + NAME + " cannot be loaded (" + e
                            + "). Its native part is unpacked into the home folder and the temporary folder: make them writable, or"
                            + " choose another embedding model with LETTA_DEFAULT_EMBEDDING_HANDLE.",
                    e);
        }
    }
}
