package dev.mneme.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A group to be made: the body of {@code POST /v1/groups/}. */
public record NewGroup(
        List<String> agentIds,
        String description,
        GroupConfig config,
        @Nullable String projectId,
        List<String> sharedBlockIds,
        @Nullable Boolean hidden) {}
