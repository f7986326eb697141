package dev.mneme.base;

/** Every kind of refusal that a caller can meet, with its HTTP status and whose fault it is (contract 01 §2, 09 §6, 12 §2). */
public enum ProblemCode {
    INVALID_ARGUMENT(400, Blame.CALLER),
    UNAUTHORIZED(401, Blame.CALLER),
    FORBIDDEN(403, Blame.CALLER),
    NOT_FOUND(404, Blame.CALLER),
    METHOD_NOT_ALLOWED(405, Blame.CALLER),
    CONFLICT(409, Blame.CALLER),
    BUSY(409, Blame.CALLER),
    PENDING_APPROVAL(409, Blame.CALLER),
    EXPIRED(410, Blame.CALLER),
    GONE(410, Blame.CALLER),
    TOO_LARGE(413, Blame.CALLER),
    UNSUPPORTED_MEDIA(415, Blame.CALLER),
    UNPROCESSABLE(422, Blame.CALLER),
    UNAVAILABLE(503, Blame.SERVER),
    STORAGE_FULL(507, Blame.SERVER),
    INTERNAL(500, Blame.SERVER),
    MCP_TIMEOUT(408, Blame.SERVER),
    MCP_CONNECTION_ERROR(502, Blame.SERVER),
    LLM_BAD_REQUEST(400, Blame.PROVIDER),
    LLM_CONTEXT_WINDOW(400, Blame.PROVIDER),
    LLM_AUTHENTICATION(401, Blame.PROVIDER),
    LLM_INSUFFICIENT_CREDITS(402, Blame.PROVIDER),
    LLM_RATE_LIMIT(429, Blame.PROVIDER),
    LLM_TIMEOUT(504, Blame.PROVIDER),
    LLM_EMPTY_RESPONSE(500, Blame.PROVIDER),
    BEDROCK_PERMISSION_DENIED(403, Blame.PROVIDER),
    LLM_ERROR(500, Blame.PROVIDER);

    /** Who can mend it. */
    public enum Blame {
        CALLER,
        SERVER,
        PROVIDER
    }

    private final int status;
    private final Blame blame;

    ProblemCode(int status, Blame blame) {
        this.status = status;
        this.blame = blame;
    }

    public int status() {
        return status;
    }

    public Blame blame() {
        return blame;
    }
}
