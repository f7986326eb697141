package dev.mneme.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.EmbeddingConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An {@code embedding_config} as a caller wrote it: half of one would be stored and fail later. */
final class WrittenEmbedder {
    private static final List<String> NEEDED = List.of("embedding_endpoint_type", "embedding_model", "embedding_dim");

    private WrittenEmbedder() {}

    /** The embedder, null when none was written; 422 with the field that is missing. */
    static @Nullable EmbeddingConfig of(@Nullable ObjectNode given) {
        if (given == null) {
            return null;
        }
        for (String needed : NEEDED) {
            if (!given.hasNonNull(needed)) {
                throw new Invalid(Invalid.Fault.missing(List.of("body", "embedding_config", needed)));
            }
        }
        try {
            return Json.MAPPER.treeToValue(given, EmbeddingConfig.class);
        } catch (JsonProcessingException e) {
            throw Problem.unprocessable("embedding_config: " + e.getOriginalMessage());
        }
    }
}
