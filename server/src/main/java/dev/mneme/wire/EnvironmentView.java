package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** A machine that registered; times in milliseconds since 1970 UTC. */
public record EnvironmentView(
        String id,
        String connectionId,
        String deviceId,
        String connectionName,
        String organizationId,
        @Nullable String userId,
        @Nullable String podId,
        @Nullable Long connectedAt,
        @Nullable Long lastHeartbeat,
        long lastSeenAt,
        long firstSeenAt,
        @Nullable JsonNode metadata) {}
