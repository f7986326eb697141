package dev.mneme.tool.mcp;

import org.jspecify.annotations.Nullable;

/**
 * What an authorization server gave; kept sealed. Prints nothing of it.
 *
 * @param refresh for the next ones, null: the user has to sign in again
 * @param endsAt microseconds since 1970 UTC, null: it was not said
 * @param issuedAt when they came, as endsAt
 * @param afterRefusal got because the server had refused the ones before
 */
record Tokens(
        String access, @Nullable String refresh, @Nullable Long endsAt, long issuedAt, boolean afterRefusal) {
    @Override
    public String toString() {
        return "Tokens[…]";
    }
}
