package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** Another file in the place of the one that is being worked on. */
public record UpdateTemplate(
        JsonNode agentFileJson,
        @Nullable Boolean updateExistingTools,
        @Nullable Boolean saveExistingChanges) {}
