package dev.mneme.testkit;

import dev.mneme.base.Problem;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.Models;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A few well-known models that resolve and cannot be called: for tests that make agents and never talk to them. */
public final class StaticModels implements Models {
    private static final Map<String, Integer> MAX_TOKENS =
            Map.of("openai/gpt-4o", 16_384, "openai/gpt-4o-mini", 8_192, "anthropic/claude-sonnet-4-5", 16_384);

    private final @Nullable String defaultHandle;

    public StaticModels(@Nullable String defaultHandle) {
        this.defaultHandle = defaultHandle;
    }

    @Override
    public LlmConfig resolve(String handleOrName) {
        Integer maxTokens = MAX_TOKENS.get(handleOrName);
        if (maxTokens == null) {
            throw Problem.notFound("NOT_FOUND: Handle " + handleOrName + " not found, must be one of []");
        }
        String provider = handleOrName.substring(0, handleOrName.indexOf('/'));
        return new LlmConfig(
                handleOrName.substring(handleOrName.indexOf('/') + 1),
                null,
                provider,
                "https://api." + provider + ".example/v1",
                provider,
                "base",
                null,
                128_000,
                false,
                handleOrName,
                1.0,
                maxTokens,
                provider.equals("anthropic"),
                null,
                provider.equals("anthropic") ? 1_024 : 0,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                false,
                false,
                null,
                false,
                null);
    }

    @Override
    public EmbeddingConfig resolveEmbedding(String handleOrName) {
        if (!handleOrName.equals("openai/text-embedding-3-small")) {
            throw Problem.invalid("Embedding model " + handleOrName + " not found");
        }
        return new EmbeddingConfig(
                "openai",
                "https://api.openai.example/v1",
                "text-embedding-3-small",
                1_536,
                300,
                handleOrName,
                32,
                null,
                null,
                null);
    }

    @Override
    public ModelStream open(ModelRequest request) {
        throw new UnsupportedOperationException("these models only resolve");
    }

    @Override
    public Embedder embedder(EmbeddingConfig config) {
        throw new UnsupportedOperationException("these embedders only resolve");
    }

    @Override
    public @Nullable String defaultHandle() {
        return defaultHandle;
    }

    @Override
    public @Nullable String defaultEmbeddingHandle() {
        return null;
    }

    @Override
    public List<ModelCard> list() {
        return List.of();
    }

    @Override
    public List<EmbeddingConfig> listEmbeddings() {
        return List.of();
    }

    @Override
    public List<ProviderStatus> providers() {
        return List.of();
    }

    @Override
    public void close() {}
}
