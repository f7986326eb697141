package dev.mneme.llm;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A place to call.
 *
 * @param provider handle prefix of the provider
 * @param display its name in error texts
 * @param baseUrl without trailing slash, with the version part
 * @param apiKey null: call without a key
 * @param extras what else the provider's codec needs, by the names of {@link KnownProvider#extras}; never printed
 * @param guarded written by a caller: the address is checked and pinned before each call
 */
public record Endpoint(
        String provider,
        String display,
        String baseUrl,
        @Nullable String apiKey,
        Duration requestTimeout,
        Duration streamTimeout,
        Map<String, String> extras,
        boolean guarded) {
    @Override
    public String toString() {
        return "Endpoint[" + provider + " at " + baseUrl + (apiKey == null ? ", no key" : ", key ***")
                + (guarded ? ", guarded]" : "]");
    }
}
