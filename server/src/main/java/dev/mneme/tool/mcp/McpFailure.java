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
        /** The server has forgotten the session; nothing was done. */
        EXPIRED
    }

    private final Kind kind;

    McpFailure(Kind kind, String why, @Nullable Throwable cause) {
        super(why, cause, false, false);
        this.kind = kind;
    }

    McpFailure(Kind kind, String why) {
        this(kind, why, null);
    }

    public Kind kind() {
        return kind;
    }

    /** The sentence. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
