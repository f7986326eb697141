package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** A provider's new key, and what else changes with it; null stays. */
public record ModifyProvider(
        String apiKey,
        @Nullable String accessKey,
        @Nullable String region,
        @Nullable String baseUrl,
        @Nullable String apiVersion) {}
