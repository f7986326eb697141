package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** A machine that works for agents. The body's names are deviceId, connectionName and metadata. */
public record RegisterEnvironment(
        String deviceId, String connectionName, @Nullable JsonNode metadata) {}
