package dev.mneme.account;

import org.jspecify.annotations.Nullable;

/**
 * A provider with a key of an organisation's own, without the key (contract 09 §2).
 *
 * @param type such as {@code anthropic}
 * @param hasKey whether a key is stored
 * @param createdAt microseconds since 1970 UTC, likewise the other times
 * @param lastSyncedAt when its models were last listed; null: never, or that failed
 */
public record ProviderKey(
        String id,
        String organizationId,
        String name,
        String type,
        boolean hasKey,
        boolean hasAccessKey,
        @Nullable String baseUrl,
        @Nullable String region,
        @Nullable String apiVersion,
        long createdAt,
        long updatedAt,
        @Nullable Long lastSyncedAt) {
    /** What may be set of a provider; keys in clear, never printed. Null or blank: nothing. */
    public record Wish(
            @Nullable String apiKey,
            @Nullable String accessKey,
            @Nullable String baseUrl,
            @Nullable String region,
            @Nullable String apiVersion) {
        public Wish {
            apiKey = text(apiKey);
            accessKey = text(accessKey);
            baseUrl = text(baseUrl);
            region = text(region);
            apiVersion = text(apiVersion);
        }

        private static @Nullable String text(@Nullable String given) {
            return given == null || given.isBlank() ? null : given.strip();
        }

        @Override
        public String toString() {
            return "Wish[baseUrl=" + baseUrl + ", region=" + region + "]";
        }
    }

    /** A provider and its key in clear: for the call itself and nothing else. */
    public record Opened(ProviderKey provider, @Nullable String apiKey) {
        @Override
        public String toString() {
            return "Opened[" + provider.id() + "]";
        }
    }
}
