package dev.mneme.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A token for pages of an origin. expiresAt: ISO-8601; null: five minutes from now. */
public record CreateAccessToken(
        List<AccessGrant> policy, String hostname, @Nullable String expiresAt) {}
