package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a run renders its messages. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record RequestConfig(
        boolean useAssistantMessage,
        String assistantMessageToolName,
        String assistantMessageToolKwarg,
        @Nullable List<String> includeReturnMessageTypes) {}
