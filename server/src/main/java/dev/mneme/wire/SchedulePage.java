package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** Some of the messages planned for an agent. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record SchedulePage(boolean hasNextPage, List<ScheduleView> scheduledMessages) {}
