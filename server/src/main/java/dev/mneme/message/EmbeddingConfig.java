package dev.mneme.message;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The embedder of an agent or archive. The JSON names are the contract's embedding_config (09 §3).
 *
 * @param handle {@code provider/model}, null only in configs that a caller wrote by hand
 * @param embeddingDim numbers in a vector
 */
public record EmbeddingConfig(
        @JsonProperty("embedding_endpoint_type") String embeddingEndpointType,
        @JsonProperty("embedding_endpoint") @Nullable String embeddingEndpoint,
        @JsonProperty("embedding_model") String embeddingModel,
        @JsonProperty("embedding_dim") int embeddingDim,
        @JsonProperty("embedding_chunk_size") @Nullable Integer embeddingChunkSize,
        @Nullable String handle,
        @JsonProperty("batch_size") int batchSize,
        @JsonProperty("azure_endpoint") @Nullable String azureEndpoint,
        @JsonProperty("azure_version") @Nullable String azureVersion,
        @JsonProperty("azure_deployment") @Nullable String azureDeployment) {}
