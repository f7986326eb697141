package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** An embedding model (contract 09 §3). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record EmbeddingModelView(
        @Nullable String handle,
        String name,
        String displayName,
        String providerType,
        String providerName,
        String modelType,
        String embeddingEndpointType,
        @Nullable String embeddingEndpoint,
        String embeddingModel,
        int embeddingDim,
        @Nullable Integer embeddingChunkSize,
        int batchSize,
        @Nullable String azureEndpoint,
        @Nullable String azureVersion,
        @Nullable String azureDeployment) {}
