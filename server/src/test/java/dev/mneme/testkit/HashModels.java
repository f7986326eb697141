package dev.mneme.testkit;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.Models;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An embedder that hashes words into 16 numbers, and no language model. Counts its calls and fails when told to. */
public class HashModels implements Models, Embedder {
    public static final String HANDLE = "test/hash";
    private static final int DIMENSIONS = 16;

    public final AtomicInteger calls = new AtomicInteger();
    public volatile boolean failing;
    public volatile boolean withDefault = true;

    public static EmbeddingConfig config() {
        return new EmbeddingConfig("openai", null, "hash", DIMENSIONS, 300, HANDLE, 2, null, null, null);
    }

    @Override
    public List<float[]> embed(List<String> texts) {
        calls.incrementAndGet();
        if (failing) {
            throw new ModelException(ProblemCode.LLM_RATE_LIMIT, "Rate limited by the test.", "429", null);
        }
        List<float[]> vectors = new ArrayList<>();
        for (String text : texts) {
            float[] vector = new float[DIMENSIONS];
            for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")) {
                vector[Math.floorMod(word.hashCode(), DIMENSIONS)] += 1;
            }
            vectors.add(vector);
        }
        return vectors;
    }

    @Override
    public int dimensions() {
        return DIMENSIONS;
    }

    @Override
    public String name() {
        return HANDLE;
    }

    @Override
    public boolean local() {
        return true;
    }

    @Override
    public Embedder embedder(EmbeddingConfig config) {
        return this;
    }

    @Override
    public EmbeddingConfig resolveEmbedding(String handleOrName) {
        if (handleOrName.startsWith("nope")) {
            throw Problem.invalid("Embedding model " + handleOrName + " not found");
        }
        return config();
    }

    @Override
    public @Nullable String defaultEmbeddingHandle() {
        return withDefault ? HANDLE : null;
    }

    @Override
    public ModelStream open(ModelRequest request) {
        throw new UnsupportedOperationException("no language model here");
    }

    @Override
    public LlmConfig resolve(String handleOrName) {
        throw new UnsupportedOperationException("no language model here");
    }

    @Override
    public @Nullable String defaultHandle() {
        return null;
    }

    @Override
    public List<ModelCard> list() {
        return List.of();
    }

    @Override
    public List<EmbeddingConfig> listEmbeddings() {
        return List.of(config());
    }

    @Override
    public List<ProviderStatus> providers() {
        return List.of();
    }

    @Override
    public void close() {}
}
