package dev.mneme.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change of an identity; null leaves a field as it is. Properties are merged by key, agents and blocks are added. */
public record ModifyIdentity(
        @Nullable String identifierKey,
        @Nullable String name,
        @Nullable String identityType,
        @Nullable List<String> agentIds,
        @Nullable List<String> blockIds,
        @Nullable List<IdentityProperty> properties) {}
