package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** The fields of every kind of {@code manager_config}, beside its {@code manager_type}. */
public record ManagerFields(
        @Nullable String managerAgentId,
        @Nullable String terminationToken,
        @Nullable Integer maxTurns,
        @Nullable Integer sleeptimeAgentFrequency,
        @Nullable Integer maxMessageBufferLength,
        @Nullable Integer minMessageBufferLength) {}
