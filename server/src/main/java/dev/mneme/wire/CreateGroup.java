package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A group to be made (contract 08 §8.1). managerConfig: {@code {"manager_type": …}} with the fields of that type; round_robin without it. */
public record CreateGroup(
        List<String> agentIds,
        String description,
        @Nullable JsonNode managerConfig,
        @Nullable String projectId,
        @Nullable List<String> sharedBlockIds,
        @Nullable Boolean hidden) {}
