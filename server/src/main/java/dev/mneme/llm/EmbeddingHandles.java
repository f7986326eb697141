package dev.mneme.llm;

import dev.mneme.base.Problem;
import dev.mneme.message.EmbeddingConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Handles and bare names of embedders → configs (contract 09 §4, 01 §4.2). An agent's own config always wins; nothing falls back to
 * another embedder silently. Thread-safe.
 */
final class EmbeddingHandles {
    static final String LOCAL = "mneme/all-minilm-l6-v2";

    private static final String LOCAL_MODEL = "all-minilm-l6-v2";
    private static final int LOCAL_DIMENSIONS = 384;

    private final @Nullable String defaultHandle;
    private final Providers providers;
    private final Catalogue catalogue;
    private final Listings listings;
    private final Names names;
    private final ToIntFunction<EmbeddingConfig> probe;

    /** @param probe finds out the size of an unknown embedder's vectors by asking for one */
    EmbeddingHandles(
            @Nullable String defaultHandle,
            Providers providers,
            Catalogue catalogue,
            Listings listings,
            Names names,
            ToIntFunction<EmbeddingConfig> probe) {
        this.defaultHandle = defaultHandle;
        this.providers = providers;
        this.catalogue = catalogue;
        this.listings = listings;
        this.names = names;
        this.probe = probe;
    }

    static boolean isLocal(EmbeddingConfig config) {
        return LOCAL.equals(config.handle())
                || (config.handle() == null && config.embeddingModel().equals(LOCAL_MODEL));
    }

    /** What is really called: configs of the retired hosted service stand for the default. */
    EmbeddingConfig real(EmbeddingConfig config) {
        boolean retired =
                config.handle() != null && Names.prefix(config.handle()).equals("letta");
        return retired ? standard() : config;
    }

    EmbeddingConfig resolve(String handleOrName) {
        String asked = handleOrName.strip();
        if (asked.equals(Handles.FREE) || asked.equals("letta-free")) {
            EmbeddingConfig real = standard();
            return Configs.embedding(
                    Handles.FREE,
                    real.embeddingModel(),
                    real.embeddingEndpointType(),
                    real.embeddingEndpoint(),
                    real.embeddingDim());
        }
        if (asked.equals(LOCAL) || asked.equals(LOCAL_MODEL)) {
            return local();
        }
        String handle = asked.contains("/") ? asked : names.handle(asked, true);
        KnownProvider provider = handle == null ? null : providers.named(Names.prefix(handle));
        if (handle == null || provider == null || handle.endsWith("/")) {
            throw unknown(asked);
        }
        String model = handle.substring(handle.indexOf('/') + 1);
        ProviderOption option = providers.configured(provider);
        String endpoint = option == null ? provider.publicUrl : option.baseUrl();
        String type = provider == KnownProvider.GOOGLE_AI ? provider.endpointType : "openai";
        EmbeddingConfig config = Configs.embedding(handle, model, type, endpoint, 0);
        return Configs.embedding(handle, model, type, endpoint, dimensions(provider, config, handle));
    }

    List<EmbeddingConfig> list() {
        List<EmbeddingConfig> configs = new ArrayList<>();
        for (KnownProvider provider : providers.configured()) {
            for (Vendor.Listed listed : listings.known(provider.prefix)) {
                Catalogue.Entry entry = catalogue.find(listed.name());
                boolean known = entry != null && entry.dim() != null && entry.dim() > 0;
                if (known || (listed.dim() != null && listed.dim() > 0)) {
                    configs.add(resolve(providers.prefix(provider) + "/" + listed.name()));
                }
            }
        }
        configs.add(local());
        configs.sort(Comparator.comparing(config -> String.valueOf(config.handle())));
        configs.addFirst(resolve(Handles.FREE));
        return configs;
    }

    private EmbeddingConfig standard() {
        return defaultHandle == null || Names.prefix(defaultHandle).equals("letta") ? local() : resolve(defaultHandle);
    }

    private static EmbeddingConfig local() {
        return Configs.embedding(LOCAL, LOCAL_MODEL, "hugging-face", null, LOCAL_DIMENSIONS);
    }

    /** The size of the vectors: known, or found out by asking a configured provider that lists the model or lists nothing. */
    private int dimensions(KnownProvider provider, EmbeddingConfig config, String handle) {
        String model = config.embeddingModel();
        Catalogue.Entry entry = catalogue.find(model);
        if (entry != null && entry.dim() != null && entry.dim() > 0) {
            return entry.dim();
        }
        for (Vendor.Listed listed : listings.known(provider.prefix)) {
            if (listed.dim() != null && listed.dim() > 0 && Names.same(listed.name(), model)) {
                return listed.dim();
            }
        }
        boolean chatModel = entry != null && entry.dim() == null;
        if (chatModel || providers.configured(provider) == null) {
            throw unknown(handle);
        }
        if (!listings.of(provider.prefix).isEmpty() && !names.lists(provider, model)) {
            throw unknown(handle);
        }
        try {
            return probe.applyAsInt(config);
        } catch (ModelException e) {
            throw Problem.invalid("Embedding model " + handle + " not found: " + e.detail());
        }
    }

    private static Problem unknown(String handle) {
        return Problem.invalid("Embedding model " + handle + " not found");
    }
}
