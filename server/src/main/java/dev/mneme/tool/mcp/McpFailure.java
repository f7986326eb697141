package dev.mneme.tool.mcp;

import org.jspecify.annotations.Nullable;

/** Why a server gave no answer, in words for people. */
public final class McpFailure extends Exception {
    private static final long serialVersionUID = 1;

    /** What kind of failure. */
    public enum Kind {
        /** Not connected: unknown, unreachable, ended, not allowed. */
        UNREACHABLE,
        /** The server wants other credentials. */
        UNAUTHORIZED,
        /** No answer in time. */
        TIMEOUT,
        /** An answer that is none of the protocol, or too large. */
        MALFORMED,
        /** The server itself said no to this request. */
        REFUSED,
        /** The server has forgotten the session, or its program had ended before it was asked; nothing was done. */
        EXPIRED
    }

    private final Kind kind;
    private final @Nullable String challenge;

    private McpFailure(Kind kind, String why, @Nullable Throwable cause, @Nullable String challenge) {
        super(why, cause, false, false);
        this.kind = kind;
        this.challenge = challenge;
    }

    McpFailure(Kind kind, String why, @Nullable Throwable cause) {
        this(kind, why, cause, null);
    }

    /** The server answered with a status that is no success. challenge: its {@code WWW-Authenticate}, empty when it had none. */
    static McpFailure status(int status, String said, String challenge) {
        boolean token = status == 401 || (status == 403 && challenge.contains("insufficient_scope"));
        return new McpFailure(
                status == 401 || status == 403 ? Kind.UNAUTHORIZED : Kind.UNREACHABLE,
                "the server answered with status " + status + (said.isEmpty() ? "" : ": " + said),
                null,
                token ? challenge : null);
    }

    McpFailure(Kind kind, String why) {
        this(kind, why, null);
    }

    public Kind kind() {
        return kind;
    }

    /** What the server says about tokens when one might help ({@link Challenge}); null: none would. */
    @Nullable
    String challenge() {
        return challenge;
    }

    /** The sentence. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
