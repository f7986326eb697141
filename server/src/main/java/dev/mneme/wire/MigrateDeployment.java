package dev.mneme.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Brings the agents of a deployment to another version. */
public record MigrateDeployment(
        String version,
        @Nullable Boolean preserveToolVariables,
        @Nullable Boolean preserveCoreMemories,
        @Nullable Boolean preserveSources,
        @Nullable ObjectNode memoryVariables) {}
