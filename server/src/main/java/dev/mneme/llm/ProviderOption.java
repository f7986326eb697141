package dev.mneme.llm;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One provider that this server may call.
 *
 * @param name handle prefix: openai, anthropic, ollama …
 * @param baseUrl without trailing slash, with the version part ({@code https://api.openai.com/v1})
 * @param apiKey null: the provider needs none, or none was given; never printed
 * @param requestTimeout longest wait for an answer that is not streamed; zero: none
 * @param streamTimeout longest silence in a streamed answer, the wait for its beginning included; zero: none
 */
public record ProviderOption(
        String name, String baseUrl, @Nullable String apiKey, Duration requestTimeout, Duration streamTimeout) {
    @Override
    public String toString() {
        return "ProviderOption[name=" + name + ", baseUrl=" + baseUrl + ", apiKey=" + (apiKey == null ? "none" : "***")
                + ", requestTimeout=" + requestTimeout + ", streamTimeout=" + streamTimeout + "]";
    }
}
