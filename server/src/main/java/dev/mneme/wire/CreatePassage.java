package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A passage to store. created_at is ISO-8601. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CreatePassage(
        String text,
        @Nullable List<String> tags,
        @Nullable ObjectNode metadata,
        @Nullable String createdAt) {}
