package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What tools are looked for. searchMode: vector, fts or hybrid; limit: 1 to 100. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SearchTools(
        @Nullable String query,
        @Nullable String searchMode,
        @Nullable List<String> toolTypes,
        @Nullable List<String> tags,
        @Nullable Integer limit) {}
