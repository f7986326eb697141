package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** A provider that is to be made, or tried. */
public record CreateProvider(
        @Nullable String name,
        String providerType,
        String apiKey,
        @Nullable String accessKey,
        @Nullable String region,
        @Nullable String baseUrl,
        @Nullable String apiVersion) {}
