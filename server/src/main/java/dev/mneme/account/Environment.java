package dev.mneme.account;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A machine that works for agents and has said so (decision 0023).
 *
 * @param deviceId what the machine calls itself
 * @param connectionId of its last registration
 * @param metadata what it told of itself
 * @param firstSeenAt microseconds since 1970 UTC, likewise lastSeenAt
 */
public record Environment(
        String id,
        String organizationId,
        String deviceId,
        String connectionId,
        String name,
        @Nullable JsonNode metadata,
        @Nullable String userId,
        long firstSeenAt,
        long lastSeenAt) {}
