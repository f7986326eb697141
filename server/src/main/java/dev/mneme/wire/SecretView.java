package dev.mneme.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/** A secret of an agent. The value is in clear only in the answer to the call that set it, masked otherwise. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SecretView(
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        @Nullable String createdAt,
        @Nullable String updatedAt,
        String id,
        String key,
        String value,
        @Nullable String description,
        String agentId,
        String organizationId,
        @JsonProperty("value_enc") String valueEnc) {}
