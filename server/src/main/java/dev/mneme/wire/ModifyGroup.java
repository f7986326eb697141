package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change of a group: what is not sent stays, and what is sent counts, zeros and nulls too. The manager type cannot change. */
public record ModifyGroup(
        @Nullable List<String> agentIds,
        @Nullable String description,
        @Nullable JsonNode managerConfig,
        @Nullable String projectId,
        @Nullable List<String> sharedBlockIds,
        @Nullable Boolean hidden) {}
