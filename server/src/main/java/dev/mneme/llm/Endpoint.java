package dev.mneme.llm;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A place to call.
 *
 * @param provider handle prefix of the provider
 * @param display its name in error texts
 * @param baseUrl without trailing slash, with the version part
 * @param apiKey null: call without a key
 * @param guarded written by a caller: the address is checked and pinned before each call
 */
public record Endpoint(
        String provider,
        String display,
        String baseUrl,
        @Nullable String apiKey,
        Duration requestTimeout,
        Duration streamTimeout,
        boolean guarded) {
    @Override
    public String toString() {
        return "Endpoint[" + provider + " at " + baseUrl + (apiKey == null ? ", no key" : ", key ***")
                + (guarded ? ", guarded]" : "]");
    }
}
