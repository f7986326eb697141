package dev.mneme.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The models of one organisation: the server's own, and those that it has a key of its own for, whose handles begin with the provider's
 * name. A key goes only to the stored address of its provider; a config that names a provider of this kind is never answered with the
 * server's own key. Thread-safe.
 */
final class OwnModels implements Models {
    /** What configs of such models say. */
    static final String CATEGORY = "byok";

    private final LiveModels base;
    private final Supplier<List<OwnProvider>> own;

    /** own: reads and opens the stored keys, so it is asked only for handles that are not a base provider's. */
    OwnModels(LiveModels base, Supplier<List<OwnProvider>> own) {
        this.base = base;
        this.own = own;
    }

    @Override
    public ModelStream open(ModelRequest request) {
        return open(request, Patience.alone());
    }

    @Override
    public ModelStream open(ModelRequest request, Patience patience) {
        OwnProvider provider = of(request.config());
        return provider == null ? base.open(request, patience) : base.open(request, patience, provider);
    }

    @Override
    public JsonNode preview(ModelRequest request) {
        OwnProvider provider = of(request.config());
        return provider == null ? base.preview(request) : base.preview(request, provider);
    }

    @Override
    public LlmConfig resolve(String handleOrName) {
        OwnProvider provider = named(handleOrName.strip());
        return provider == null ? base.resolve(handleOrName) : config(provider, model(handleOrName.strip()));
    }

    @Override
    public List<ModelCard> list() {
        List<ModelCard> all = new ArrayList<>(base.list());
        for (OwnProvider provider : own.get()) {
            for (Vendor.Listed listed : base.listed(provider)) {
                if (listed.dim() == null && !base.isEmbedder(listed.name())) {
                    LlmConfig config = Configs.listed(config(provider, listed.name()));
                    all.add(new ModelCard(config, listed.window() == null ? config.contextWindow() : listed.window()));
                }
            }
        }
        return all;
    }

    /** The provider of a config; null: one of the server's. */
    private @Nullable OwnProvider of(LlmConfig config) {
        OwnProvider provider = config.handle() == null ? null : named(config.handle());
        if (provider == null && CATEGORY.equals(config.providerCategory()) && config.modelEndpoint() != null) {
            throw new ModelException(
                    ProblemCode.LLM_AUTHENTICATION,
                    "Authentication failed with the LLM model provider.",
                    "UNAUTHENTICATED: The provider of " + config.handle()
                            + " was deleted. Make it again under /v1/providers,"
                            + " or give the agent another model. [BYOK]",
                    null);
        }
        return provider;
    }

    private @Nullable OwnProvider named(String handle) {
        int slash = handle.indexOf('/');
        if (slash <= 0 || slash == handle.length() - 1) {
            return null;
        }
        String prefix = handle.substring(0, slash);
        if (OwnProvider.isBaseName(prefix)) {
            return null;
        }
        return own.get().stream()
                .filter(each -> each.name().equals(prefix))
                .findFirst()
                .orElse(null);
    }

    private LlmConfig config(OwnProvider provider, String model) {
        LlmConfig alike = base.resolve(provider.known().prefix + "/" + model);
        return Configs.owned(
                alike, provider.name() + "/" + model, provider.endpoint().baseUrl(), provider.name());
    }

    private static String model(String handle) {
        return handle.substring(handle.indexOf('/') + 1);
    }

    @Override
    public LlmConfig reasoning(LlmConfig config, boolean wanted) {
        return base.reasoning(config, wanted);
    }

    @Override
    public Embedder embedder(EmbeddingConfig config) {
        return base.embedder(config);
    }

    @Override
    public EmbeddingConfig resolveEmbedding(String handleOrName) {
        return base.resolveEmbedding(handleOrName);
    }

    @Override
    public @Nullable String defaultHandle() {
        return base.defaultHandle();
    }

    @Override
    public @Nullable String defaultEmbeddingHandle() {
        return base.defaultEmbeddingHandle();
    }

    @Override
    public List<EmbeddingConfig> listEmbeddings() {
        return base.listEmbeddings();
    }

    @Override
    public List<ProviderStatus> providers() {
        return base.providers();
    }

    @Override
    public void close() {
        // the server's models are closed by whoever opened them
    }
}
