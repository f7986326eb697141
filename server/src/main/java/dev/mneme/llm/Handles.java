package dev.mneme.llm;

import dev.mneme.base.Problem;
import dev.mneme.message.LlmConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles and bare names → configs (contract 09 §4, 01 §4.1). A handle stays valid whatever address its provider has; an unknown
 * model of a known provider is passed through, so that the provider's own error is what people see. Thread-safe.
 */
final class Handles {
    private static final Logger LOG = LoggerFactory.getLogger(Handles.class);

    static final String DEMO = "demo/mneme-demo";

    /** The handle of the retired hosted service; it stands for whatever this server uses by default. */
    static final String FREE = "letta/letta-free";

    /** Tokens, as the retired server showed it. */
    private static final int FREE_WINDOW = 30_000;

    /** OpenAI's model of which a twin is listed that is served first. */
    private static final String HAS_FAST_TWIN = "gpt-5.4";

    private static final String FORMAT = "The model handle should be in the format provider/model-name";

    private final LlmOptions options;
    private final Providers providers;
    private final Catalogue catalogue;
    private final Listings listings;
    private final Names names;

    /** Whether people were told of the retired service: once is enough. */
    private final AtomicBoolean warned = new AtomicBoolean();

    Handles(LlmOptions options, Providers providers, Catalogue catalogue, Listings listings, Names names) {
        this.options = options;
        this.providers = providers;
        this.catalogue = catalogue;
        this.listings = listings;
        this.names = names;
    }

    static boolean isDemo(LlmConfig config) {
        return DEMO.equals(config.handle())
                || (config.handle() == null && config.model().equals("mneme-demo"));
    }

    /** What is really called: configs of the retired hosted service stand for the default. */
    LlmConfig real(LlmConfig config) {
        if (config.handle() == null || !Names.prefix(config.handle()).equals("letta")) {
            return config;
        }
        LlmConfig real;
        try {
            real = resolve(fallback());
        } catch (Problem e) {
            throw Failures.place("The server's default model cannot be used: " + e.detail(), e);
        }
        if (!warned.getAndSet(true)) {
            LOG.warn(
                    "{} was a hosted service that is gone: {} is used instead. Give the agents a model of your own, or set"
                            + " LETTA_DEFAULT_LLM_HANDLE.",
                    config.handle(),
                    real.handle());
        }
        return real;
    }

    LlmConfig resolve(String handleOrName) {
        String handle = qualified(handleOrName.strip());
        String prefix = Names.prefix(handle);
        String model = handle.substring(prefix.length() + 1);
        if (prefix.equals("demo") || prefix.equals("letta")) {
            if (!handle.equals(DEMO) && !prefix.equals("letta")) {
                throw unknown(handle);
            }
            int window = prefix.equals("letta") ? FREE_WINDOW : window(null, handle);
            return Configs.llm(handle, model, "openai", null, prefix, cut(window), maxTokens(handle));
        }
        KnownProvider provider = providers.named(prefix);
        if (provider == null) {
            throw unknown(handle);
        }
        ProviderOption option = providers.configured(provider);
        String endpoint = option == null ? provider.publicUrl : option.baseUrl();
        LlmConfig config = Configs.llm(
                handle,
                catalogue.sent(provider.prefix, provider.bare(model)),
                provider.endpointType,
                endpoint,
                provider.prefix,
                cut(window(provider, model)),
                maxTokens(provider.bare(model)));
        return reasoning(Configs.compatible(config, compatibility(provider, model)), true);
    }

    LlmConfig reasoning(LlmConfig config, boolean wanted) {
        return Configs.reasoning(config, catalogue.find(config.model()), wanted);
    }

    List<Models.ModelCard> list() {
        List<Models.ModelCard> cards = new ArrayList<>();
        cards.add(card(FREE, FREE_WINDOW));
        for (KnownProvider provider : providers.configured()) {
            for (Vendor.Listed listed : ordered(provider)) {
                if (listed.dim() == null && !catalogue.isEmbedder(listed.name()) && chats(provider, listed.name())) {
                    cards.add(card(providers.prefix(provider) + "/" + listed.name(), window(provider, listed.name())));
                }
            }
        }
        cards.add(card(DEMO, window(null, DEMO)));
        return cards;
    }

    /** As the provider lists them; OpenAI's own newest first, with the synthetic twins that are served first (contract 09 §4). */
    private List<Vendor.Listed> ordered(KnownProvider provider) {
        List<Vendor.Listed> listed = listings.known(provider.prefix);
        if (!official(provider)) {
            return listed;
        }
        List<Vendor.Listed> out = new ArrayList<>(listed);
        for (Vendor.Listed each : listed) {
            if (each.name().equals(HAS_FAST_TWIN)) {
                out.add(new Vendor.Listed(each.name() + "-fast", each.window()));
            }
        }
        out.sort(Comparator.comparing(Vendor.Listed::name).reversed());
        return out;
    }

    private Models.ModelCard card(String handle, int window) {
        return new Models.ModelCard(Configs.listed(resolve(handle)), window);
    }

    /** At OpenAI itself the list holds much that cannot chat (contract 09 §4); other addresses list what they serve. */
    private boolean chats(KnownProvider provider, String model) {
        if (!official(provider)) {
            return true;
        }
        boolean fits = false;
        for (String start : List.of("gpt-4", "gpt-5", "o1", "o3", "o4")) {
            fits |= model.startsWith(start);
        }
        for (String part : List.of(
                "transcribe", "search", "realtime", "tts", "audio", "computer", "o1-mini", "o1-preview", "o1-pro")) {
            fits &= !model.contains(part);
        }
        return fits;
    }

    /** Whether this is OpenAI at its own address. */
    private boolean official(KnownProvider provider) {
        ProviderOption option = providers.configured(provider);
        return provider == KnownProvider.OPENAI
                && option != null
                && option.baseUrl().equals(provider.publicUrl);
    }

    /** The handle of a bare name: a configured provider that is known for it or lists it, else the one it is known from. */
    private String qualified(String asked) {
        if (asked.equals("letta") || asked.equals("letta-free")) {
            return FREE;
        }
        if (asked.equals("mneme-demo") || asked.equals("demo")) {
            return DEMO;
        }
        int slash = asked.indexOf('/');
        if (slash > 0 && slash < asked.length() - 1) {
            return asked;
        }
        if (slash >= 0 || asked.isEmpty()) {
            throw Problem.invalid(FORMAT);
        }
        String handle = names.handle(asked, false);
        if (handle == null) {
            throw Problem.invalid(FORMAT)
                    .with(
                            "hint",
                            "No configured provider lists " + asked
                                    + ". Write provider/model, as GET /v1/models lists them, or set the key or address of the"
                                    + " provider that has it (such as OPENAI_API_KEY) and start again.");
        }
        return handle;
    }

    /** What the retired hosted model stands for: the configured default, else a cheap model of the first provider, else the demo. */
    private String fallback() {
        String handle = options.defaultLlm();
        if (handle != null && !Names.prefix(handle).equals("letta")) {
            return handle;
        }
        for (KnownProvider provider : providers.configured()) {
            for (String cheap : List.of("gpt-4o-mini", "claude-haiku-4-5", "gemini-2.5-flash")) {
                Catalogue.Entry entry = catalogue.find(cheap);
                if (entry != null && provider.prefix.equals(entry.provider())) {
                    return provider.prefix + "/" + cheap;
                }
            }
            for (Vendor.Listed listed : listings.of(provider.prefix)) {
                if (!catalogue.isEmbedder(listed.name())) {
                    return provider.prefix + "/" + listed.name();
                }
            }
        }
        return DEMO;
    }

    private int window(@Nullable KnownProvider provider, String model) {
        Catalogue.Entry entry = catalogue.find(provider == null ? model : provider.bare(model));
        if (provider != null && providers.configured(provider) != null) {
            boolean ask = entry == null || provider.selfHosted();
            for (Vendor.Listed listed : ask ? listings.of(provider.prefix) : listings.known(provider.prefix)) {
                if (listed.window() != null && Names.same(listed.name(), model)) {
                    return listed.window();
                }
            }
        }
        if (entry != null && entry.window() != null) {
            return entry.window();
        }
        return provider != null && provider.selfHosted() ? Catalogue.UNKNOWN_LOCAL_WINDOW : Catalogue.UNKNOWN_WINDOW;
    }

    /** How the weights of a local model are stored, if its server has said so. */
    private @Nullable String compatibility(KnownProvider provider, String model) {
        for (Vendor.Listed listed : listings.known(provider.prefix)) {
            if (Names.same(listed.name(), model)) {
                return listed.compatibility();
            }
        }
        return null;
    }

    private int maxTokens(String model) {
        Catalogue.Entry entry = catalogue.find(model);
        return entry == null || entry.maxTokens() == null ? Catalogue.UNKNOWN_MAX_TOKENS : entry.maxTokens();
    }

    private int cut(int window) {
        return Math.min(window, options.globalMaxContextWindow());
    }

    private Problem unknown(String handle) {
        Set<String> known = new LinkedHashSet<>();
        for (KnownProvider provider : providers.configured()) {
            known.add(providers.prefix(provider) + "/…");
        }
        known.add(DEMO);
        return Problem.notFound("NOT_FOUND: Handle " + handle + " not found, must be one of "
                + known.toString().toLowerCase(Locale.ROOT));
    }
}
