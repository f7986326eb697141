package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * A message that is sent to an agent later. nextScheduledTime is null when it will not be sent again; lastRunId and lastRunAt tell of the
 * last time it was, lastError why it last was not.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ScheduleView(
        String id,
        String agentId,
        JsonNode message,
        @Nullable String nextScheduledTime,
        JsonNode schedule,
        @Nullable String lastRunId,
        @Nullable String lastRunAt,
        @Nullable String lastError) {}
