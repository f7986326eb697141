package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** Saves what is being worked on as the next version, and lets agents follow if migrateAgents says so. */
public record SaveTemplate(
        @Nullable String message,
        @Nullable Boolean migrateAgents,
        @Nullable Boolean preserveCoreMemoriesOnMigration,
        @Nullable Boolean preserveEnvironmentVariablesOnMigration,
        @Nullable Boolean preserveSourcesOnMigration,
        @Nullable String blockReconciliationStrategy) {}
