package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Settings of the sandboxes of one kind. type: e2b, modal or local. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SandboxView(
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        @Nullable String createdAt,
        @Nullable String updatedAt,
        String id,
        String type,
        ObjectNode config) {}
