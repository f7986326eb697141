package dev.mneme.account;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stored key, without its secret.
 *
 * @param userId on whose behalf requests with it act
 * @param agentIds of role AGENT only
 * @param prefix how the key begins, for people to tell keys apart
 * @param createdAt microseconds since 1970 UTC, likewise the other times
 * @param lastUsedAt up to {@link ApiKeys#USE_NOTED_EVERY} behind; null: never used
 * @param expiresAt null: it does not end by itself
 */
public record ApiKey(
        String id,
        String organizationId,
        String userId,
        String name,
        KeyRole role,
        List<String> agentIds,
        String prefix,
        long createdAt,
        @Nullable Long lastUsedAt,
        @Nullable Long expiresAt,
        @Nullable Long revokedAt) {
    /** What this key opens. */
    Access access() {
        return new Access(role, organizationId, userId, java.util.Set.copyOf(agentIds));
    }

    boolean counts(long now) {
        return revokedAt == null && (expiresAt == null || now < expiresAt);
    }
}
