package dev.mneme.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key of the API. key: its secret, in the answer that made it and never again. prefix: how it begins. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ApiKeyView(
        String id,
        String name,
        String role,
        List<String> agentIds,
        String prefix,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String key,
        String organizationId,
        String userId,
        String createdAt,
        @Nullable String lastUsedAt,
        @Nullable String expiresAt,
        @Nullable String revokedAt) {}
