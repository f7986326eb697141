package dev.mneme.tool.mcp;

import org.jspecify.annotations.Nullable;

/** The tokens that one user's signing in at a server brought. Thread-safe. */
interface Bearer {
    /** Which signing in: connections made under another one are not used. */
    String id();

    /** A token that is good now, got anew when it was about to end; null: there is none any more. */
    @Nullable
    String token() throws McpFailure;

    /** Another one after the server refused this one; null: there is none. */
    @Nullable
    String renewed(String refused) throws McpFailure;
}
