package dev.mneme.llm;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One provider that this server may call.
 *
 * @param name handle prefix: openai, anthropic, ollama …
 * @param baseUrl without trailing slash, with the version part ({@code https://api.openai.com/v1})
 * @param apiKey null: the provider needs none, or none was given; never printed
 * @param requestTimeout longest wait for an answer that is not streamed; zero: none
 * @param streamTimeout longest silence in a streamed answer, the wait for its beginning included; zero: none
 * @param extras what else this provider needs, by the names of {@link KnownProvider#extras}; never printed
 */
public record ProviderOption(
        String name,
        String baseUrl,
        @Nullable String apiKey,
        Duration requestTimeout,
        Duration streamTimeout,
        Map<String, String> extras) {
    public ProviderOption {
        extras = Map.copyOf(extras);
    }

    @Override
    public String toString() {
        return "ProviderOption[name=" + name + ", baseUrl=" + baseUrl + ", apiKey=" + (apiKey == null ? "none" : "***")
                + ", requestTimeout=" + requestTimeout + ", streamTimeout=" + streamTimeout + ", extras="
                + extras.keySet() + "]";
    }
}
