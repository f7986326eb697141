package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages to be sent to an agent later. schedule: {@code {"type": "one-time", "scheduled_at": TIME}}, a time in milliseconds (or seconds)
 * since 1970 UTC, or {@code {"type": "recurring", "cron_expression": "0 9 * * mon-fri", "timezone": "Europe/Berlin"}}; without a timezone
 * the hours are meant in UTC.
 */
public record CreateSchedule(
        List<JsonNode> messages,
        ObjectNode schedule,
        @Nullable Integer maxSteps,
        @Nullable String callbackUrl,
        @Nullable List<String> includeReturnMessageTypes) {}
