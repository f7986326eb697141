package dev.mneme.tool.mcp;

import org.jspecify.annotations.Nullable;

/**
 * One signing in of a user at a server.
 *
 * @param failure why it came to nothing, null: it did not
 * @param tokens null: there are none yet, or none any more
 * @param version counts the tokens
 * @param expiresAt until when the browser may come back; microseconds since 1970 UTC
 */
record OAuthSession(
        String id,
        String org,
        String userId,
        Status status,
        @Nullable String failure,
        Grant grant,
        @Nullable Tokens tokens,
        long version,
        long expiresAt) {
    /** As the contract names them (11 §5). */
    enum Status {
        PENDING,
        AUTHORIZED,
        ERROR
    }
}
