package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A key to make. role: admin (the standard), read_only, or agent with agent_ids. expires_in_seconds: without it the key lasts. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record CreateApiKey(
        String name,
        @Nullable String role,
        @Nullable List<String> agentIds,
        @Nullable Long expiresInSeconds) {}
