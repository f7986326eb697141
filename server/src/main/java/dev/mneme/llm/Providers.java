package dev.mneme.llm;

import dev.mneme.base.ProblemCode;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which provider a config means, and where and with which key it is called. Immutable. */
final class Providers {
    /** The hosted service of the retired server; it is gone, so its address in a stored config means nothing. */
    private static final String RETIRED_HOST = "inference.letta.com";

    private final LlmOptions options;

    Providers(LlmOptions options) {
        this.options = options;
    }

    @Nullable
    ProviderOption configured(KnownProvider provider) {
        for (ProviderOption option : options.providers()) {
            if (option.name().equals(provider.prefix)) {
                return option;
            }
        }
        return null;
    }

    /** The provider of a handle prefix, which the operator may have replaced by one of his own; null: there is none of that name. */
    @Nullable
    KnownProvider named(String prefix) {
        for (ProviderOption option : options.providers()) {
            if (prefix.equals(option.extras().get(KnownProvider.HANDLE_BASE))) {
                return KnownProvider.of(option.name());
            }
        }
        return KnownProvider.of(prefix);
    }

    /** The prefix under which a provider's models are listed. */
    String prefix(KnownProvider provider) {
        ProviderOption option = configured(provider);
        String own = option == null ? null : option.extras().get(KnownProvider.HANDLE_BASE);
        return own == null ? provider.prefix : own;
    }

    /** Providers that have an address or a key, in listing order. */
    List<KnownProvider> configured() {
        List<KnownProvider> all = new ArrayList<>();
        for (KnownProvider provider : KnownProvider.values()) {
            if (configured(provider) != null) {
                all.add(provider);
            }
        }
        return all;
    }

    KnownProvider of(LlmConfig config) {
        return of(config.handle(), config.providerName(), config.modelEndpointType(), config.modelEndpoint());
    }

    KnownProvider of(EmbeddingConfig config) {
        return of(config.handle(), null, config.embeddingEndpointType(), config.embeddingEndpoint());
    }

    /** By handle, else by provider name, else by a configured address, else by endpoint type; the last resort is the OpenAI language. */
    private KnownProvider of(
            @Nullable String handle, @Nullable String name, String endpointType, @Nullable String endpoint) {
        int slash = handle == null ? -1 : handle.indexOf('/');
        KnownProvider provider = handle == null || slash < 0 ? null : named(handle.substring(0, slash));
        if (provider == null && name != null) {
            provider = named(name);
        }
        if (provider == null && endpoint != null) {
            for (KnownProvider each : configured()) {
                ProviderOption option = configured(each);
                if (option != null && option.baseUrl().equals(each.address(endpoint))) {
                    return each;
                }
            }
        }
        if (provider == null) {
            provider = KnownProvider.of(endpointType.toLowerCase(Locale.ROOT));
        }
        return provider == null ? KnownProvider.OPENAI : provider;
    }

    /**
     * Where a provider is called. An address that belongs to the provider, or that this server itself wrote into the config
     * (category base), means the provider as configured now; any other was written by a caller and is called without a key.
     */
    Endpoint endpoint(KnownProvider provider, @Nullable String written, @Nullable String category) {
        ProviderOption option = configured(provider);
        if (written != null && !"base".equals(category) && !isOwn(provider, option, written)) {
            Duration request = option == null ? LlmOptions.DEFAULT_TIMEOUT : option.requestTimeout();
            Duration stream = option == null ? LlmOptions.DEFAULT_TIMEOUT : option.streamTimeout();
            // without the operator's own: they are as private as his key
            Map<String, String> extras = provider.defaults();
            return new Endpoint(
                    provider.prefix, provider.display, trimmed(written), null, request, stream, extras, true);
        }
        if (option == null || (option.apiKey() == null && needsKey(provider, option))) {
            throw missing(provider);
        }
        return new Endpoint(
                provider.prefix,
                provider.display,
                option.baseUrl(),
                option.apiKey(),
                option.requestTimeout(),
                option.streamTimeout(),
                option.extras(),
                false);
    }

    private static boolean needsKey(KnownProvider provider, ProviderOption option) {
        return provider.cloud() || (provider.publicUrl != null && provider.publicUrl.equals(option.baseUrl()));
    }

    private static boolean isOwn(KnownProvider provider, @Nullable ProviderOption option, String written) {
        String address = provider.address(written);
        return (option != null
                        && (option.baseUrl().equals(address) || option.baseUrl().equals(trimmed(written))))
                || address.equals(provider.publicUrl)
                || written.contains(RETIRED_HOST)
                || written.isBlank();
    }

    private static String trimmed(String url) {
        String text = url.strip();
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static ModelException missing(KnownProvider provider) {
        String variable = provider.missingVariable();
        return new ModelException(
                ProblemCode.LLM_AUTHENTICATION,
                "Authentication failed with the LLM model provider.",
                "UNAUTHENTICATED: " + provider.display + " is not configured. Set " + variable
                        + " in the environment of the server and restart it.",
                null);
    }
}
