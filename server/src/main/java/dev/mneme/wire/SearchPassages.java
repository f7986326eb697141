package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A search over passages (contract 07 §3). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SearchPassages(
        @Nullable String query,
        @Nullable String agentId,
        @Nullable String archiveId,
        @Nullable List<String> tags,
        @Nullable String tagMatchMode,
        @Nullable Integer limit,
        @Nullable String startDate,
        @Nullable String endDate) {}
