package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A search over messages (contract 03 §5). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SearchMessages(
        @Nullable String query,
        @Nullable String searchMode,
        @Nullable List<String> roles,
        @Nullable String agentId,
        @Nullable String conversationId,
        @Nullable String projectId,
        @Nullable String templateId,
        @Nullable Integer limit,
        @Nullable String startDate,
        @Nullable String endDate) {}
