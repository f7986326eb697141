package dev.mneme.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.llm.anthropic.AnthropicMessages;
import dev.mneme.llm.anthropic.bedrock.Bedrock;
import dev.mneme.llm.demo.DemoModel;
import dev.mneme.llm.google.Gemini;
import dev.mneme.llm.google.GeminiEmbedder;
import dev.mneme.llm.local.LocalEmbedder;
import dev.mneme.llm.ollama.Ollama;
import dev.mneme.llm.openai.OpenAi;
import dev.mneme.llm.openai.OpenAiEmbedder;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of the configured providers, plus the two that need nothing: the demo model and the embedder inside this process.
 *
 * <p>A config's provider is looked up at each call, so an agent follows a changed address or key. A provider's own key goes only to
 * that provider's configured address. Nothing is fetched before somebody asks. Thread-safe.
 */
public final class LiveModels implements Models {
    private static final Logger LOG = LoggerFactory.getLogger(LiveModels.class);

    /** Lists of organisations' providers that are kept; beyond that all are fetched anew. */
    private static final int MOST_LISTINGS = 1_000;

    private final LlmOptions options;
    private final Providers providers;
    private final ProviderHttp http;
    private final Tries tries;
    private final Map<KnownProvider.Dialect, Vendor> vendors;
    private final DemoModel demo = new DemoModel();
    private final LocalEmbedder local = new LocalEmbedder();
    private final Listings listings;
    private final Handles handles;
    private final EmbeddingHandles embeddings;
    private final Scope scope = new Scope("models");
    private final Catalogue catalogue;
    private final OwnProvider.Keyring keyring;

    /** What the providers of organisations listed, by id and version; those that were not used for a while are dropped. */
    private final Map<String, Listings> ownListings = new ConcurrentHashMap<>();

    public LiveModels(LlmOptions options) {
        this(options, OwnProvider.Keyring.EMPTY);
    }

    /** keyring: the providers that organisations have keys of their own for. */
    public LiveModels(LlmOptions options, OwnProvider.Keyring keyring) {
        this(options, keyring, new OutboundGuard(options.allowedPrivateHosts()), ProviderHttp.Pause.REAL);
    }

    LiveModels(LlmOptions options, OwnProvider.Keyring keyring, OutboundGuard guard, ProviderHttp.Pause pause) {
        this.keyring = keyring;
        this.options = options;
        this.tries = new Tries(options.retries(), pause);
        this.providers = new Providers(options);
        this.http = new ProviderHttp(guard, scope);
        OpenAi openAi = new OpenAi(http);
        this.vendors = Map.of(
                KnownProvider.Dialect.OPENAI, openAi,
                KnownProvider.Dialect.OLLAMA, new Ollama(http, openAi),
                KnownProvider.Dialect.ANTHROPIC, new AnthropicMessages(http),
                KnownProvider.Dialect.GOOGLE, new Gemini(http),
                KnownProvider.Dialect.BEDROCK, new Bedrock(http));
        this.listings = new Listings(this::fetch);
        this.catalogue = new Catalogue(options.catalogueFile());
        Names names = new Names(providers, catalogue, listings);
        this.handles = new Handles(options, providers, catalogue, listings, names);
        this.embeddings =
                new EmbeddingHandles(options.defaultEmbedding(), providers, catalogue, listings, names, this::probe);
    }

    @Override
    public ModelStream open(ModelRequest request) {
        return open(request, Patience.alone());
    }

    @Override
    public ModelStream open(ModelRequest request, Patience patience) {
        LlmConfig config = handles.real(request.config());
        if (Handles.isDemo(config)) {
            return demo.open(config == request.config() ? request : request.withConfig(config));
        }
        return new FirstWord(
                place -> opened(request.withConfig(place.config()), place.endpoint()),
                place(config),
                () -> fallback(config),
                tries,
                patience);
    }

    @Override
    public Models of(String organizationId) {
        return keyring == OwnProvider.Keyring.EMPTY ? this : new OwnModels(this, () -> keyring.apply(organizationId));
    }

    /** As {@link #open(ModelRequest, Patience)}, at an organisation's own provider; the server's fallback is not asked for it. */
    ModelStream open(ModelRequest request, Patience patience, OwnProvider own) {
        return new FirstWord(
                place -> opened(request, place.endpoint(), own.known()),
                new FirstWord.Place(request.config(), own.endpoint()),
                () -> null,
                tries,
                patience);
    }

    JsonNode preview(ModelRequest request, OwnProvider own) {
        return vendor(own.known()).preview(request, own.endpoint());
    }

    @Override
    public void check(OwnProvider own) {
        ownListings.remove(key(own));
        vendor(own.known()).list(own.endpoint());
    }

    /** The models of an organisation's provider; none if it cannot be reached. */
    List<Vendor.Listed> listed(OwnProvider own) {
        if (ownListings.size() > MOST_LISTINGS) {
            ownListings.clear();
        }
        return ownListings
                .computeIfAbsent(
                        key(own),
                        key -> new Listings(name -> vendor(own.known()).list(own.endpoint())))
                .of(own.name());
    }

    private static String key(OwnProvider own) {
        return own.id() + "@" + own.version();
    }

    boolean isEmbedder(String model) {
        return catalogue.isEmbedder(model);
    }

    private ModelStream opened(ModelRequest request, Endpoint endpoint) {
        return opened(request, endpoint, providers.of(request.config()));
    }

    private ModelStream opened(ModelRequest request, Endpoint endpoint, KnownProvider provider) {
        ModelStream stream = vendor(provider).open(request, endpoint);
        boolean own =
                provider.dialect != KnownProvider.Dialect.OPENAI && provider.dialect != KnownProvider.Dialect.OLLAMA;
        return own
                ? stream
                : new WrittenCallStream(stream, endpoint, offered(request, provider, endpoint), request.stream());
    }

    /** The tools whose calls are looked for in the text; none where models make them properly. */
    private static Set<String> offered(ModelRequest request, KnownProvider provider, Endpoint endpoint) {
        return request.choice().mode() == ModelRequest.ToolChoice.Mode.NONE
                        || !provider.mayWriteCalls(endpoint.baseUrl())
                ? Set.of()
                : request.tools().stream().map(ToolSpec::name).collect(Collectors.toSet());
    }

    private FirstWord.Place place(LlmConfig config) {
        KnownProvider provider = providers.of(config);
        return new FirstWord.Place(
                config, providers.endpoint(provider, config.modelEndpoint(), config.providerCategory()));
    }

    /** The fallback model with what the agent wants of any model; null: there is none, or it is the same. */
    private FirstWord.@Nullable Place fallback(LlmConfig config) {
        String handle = options.fallback();
        if (handle == null || handle.equals(config.handle())) {
            return null;
        }
        try {
            LlmConfig other = handles.resolve(handle);
            return Handles.isDemo(other) ? null : place(Configs.inPlaceOf(config, other));
        } catch (Problem e) {
            LOG.warn("MNEME_FALLBACK_MODEL cannot be used: {}", e.detail());
        } catch (ModelException e) {
            LOG.warn("MNEME_FALLBACK_MODEL cannot be used: {}", e.detail());
        }
        return null; // the first failure is what people need to read
    }

    @Override
    public JsonNode preview(ModelRequest request) {
        LlmConfig config = handles.real(request.config());
        ModelRequest real = request.withConfig(config);
        if (Handles.isDemo(config)) {
            return Models.super.preview(real);
        }
        KnownProvider provider = providers.of(config);
        return vendor(provider)
                .preview(real, providers.endpoint(provider, config.modelEndpoint(), config.providerCategory()));
    }

    @Override
    public Embedder embedder(EmbeddingConfig config) {
        EmbeddingConfig real = embeddings.real(config);
        if (EmbeddingHandles.isLocal(real)) {
            return local;
        }
        KnownProvider provider = providers.of(real);
        Endpoint endpoint =
                providers.endpoint(provider, real.embeddingEndpoint(), real.handle() == null ? null : "base");
        return new PatientEmbedder(
                provider == KnownProvider.GOOGLE_AI
                        ? new GeminiEmbedder(http, endpoint, real)
                        : new OpenAiEmbedder(http, endpoint, real),
                endpoint,
                tries);
    }

    @Override
    public LlmConfig resolve(String handleOrName) {
        return handles.resolve(handleOrName);
    }

    @Override
    public EmbeddingConfig resolveEmbedding(String handleOrName) {
        return embeddings.resolve(handleOrName);
    }

    @Override
    public LlmConfig reasoning(LlmConfig config, boolean wanted) {
        return handles.reasoning(config, wanted);
    }

    @Override
    public @Nullable String defaultHandle() {
        return options.defaultLlm();
    }

    @Override
    public @Nullable String defaultEmbeddingHandle() {
        return options.defaultEmbedding() == null ? EmbeddingHandles.LOCAL : options.defaultEmbedding();
    }

    @Override
    public List<ModelCard> list() {
        fetchAll();
        return handles.list();
    }

    @Override
    public List<EmbeddingConfig> listEmbeddings() {
        fetchAll();
        return embeddings.list();
    }

    @Override
    public List<ProviderStatus> providers() {
        List<ProviderStatus> all = new ArrayList<>();
        for (ProviderOption option : options.providers()) {
            all.add(new ProviderStatus(
                    option.name(), option.baseUrl(), option.apiKey() != null, listings.note(option.name())));
        }
        all.add(new ProviderStatus("demo", null, false, "answers by fixed rules, for trying out and for tests"));
        return all;
    }

    @Override
    public void close() {
        http.close();
        scope.close();
        local.close();
    }

    private Vendor vendor(KnownProvider provider) {
        Vendor vendor = vendors.get(provider.dialect);
        if (vendor == null) {
            throw new IllegalStateException("no codec for " + provider.dialect);
        }
        return vendor;
    }

    private void fetchAll() {
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (ProviderOption option : options.providers()) {
            tasks.add(() -> {
                listings.of(option.name());
                return true;
            });
        }
        scope.all(tasks);
    }

    private List<Vendor.Listed> fetch(String prefix) {
        KnownProvider provider = KnownProvider.of(prefix);
        if (provider == null) {
            return List.of();
        }
        return vendor(provider).list(providers.endpoint(provider, null, "base"));
    }

    /** The size of an unknown embedder's vectors, found by embedding one word. */
    private int probe(EmbeddingConfig config) {
        float[] vector = embedder(config).embed(List.of("size")).getFirst();
        if (vector.length == 0) {
            throw new Problem(
                    ProblemCode.INVALID_ARGUMENT, "INVALID_ARGUMENT: " + config.handle() + " gives empty vectors");
        }
        return vector.length;
    }
}
