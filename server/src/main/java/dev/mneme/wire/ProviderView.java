package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A provider with a key of an organisation's own; the fields of the keys are there and always null (contract 09 §2). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ProviderView(
        String id,
        String name,
        String providerType,
        String providerCategory,
        @Nullable String apiKey,
        @Nullable String baseUrl,
        @Nullable String accessKey,
        @Nullable String region,
        @Nullable String apiVersion,
        String organizationId,
        String updatedAt,
        @Nullable String lastSynced,
        @Nullable String apiKeyEnc,
        @Nullable String accessKeyEnc) {}
