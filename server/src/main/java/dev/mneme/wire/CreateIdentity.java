package dev.mneme.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An identity to be made, or to be made or changed with PUT (contract 07 §4). identityType: org, user or other. */
public record CreateIdentity(
        String identifierKey,
        String name,
        String identityType,
        @Nullable String projectId,
        @Nullable List<String> agentIds,
        @Nullable List<String> blockIds,
        @Nullable List<IdentityProperty> properties) {}
