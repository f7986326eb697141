package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * A configured provider as the server sees it now.
 *
 * @param hasKey whether a key is set; the key itself is never shown
 * @param reachable whether it answered when it was last asked for its models
 * @param models language models that it lists
 * @param note what is wrong or what to set; null: nothing
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ProviderState(
        String name,
        @Nullable String baseUrl,
        boolean hasKey,
        boolean reachable,
        int models,
        @Nullable String note) {}
