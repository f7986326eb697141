package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An identity (contract 07 §4). agentIds and blockIds are always empty, as clients know them: the routes below the identity list both.
 * properties: array of {@code {key, value, type}}.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record IdentityView(
        String id,
        String identifierKey,
        String name,
        String identityType,
        @Nullable String projectId,
        List<String> agentIds,
        List<String> blockIds,
        String organizationId,
        JsonNode properties) {}
