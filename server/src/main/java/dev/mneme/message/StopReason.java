package dev.mneme.message;

import java.util.Locale;

/** Why a turn ended, with the status that its run gets (contract 02 §7). */
public enum StopReason {
    END_TURN("completed"),
    MAX_STEPS("completed"),
    TOOL_RULE("completed"),
    REQUIRES_APPROVAL("completed"),
    CANCELLED("cancelled"),
    MAX_TOKENS_EXCEEDED("failed"),
    NO_TOOL_CALL("failed"),
    INVALID_TOOL_CALL("failed"),
    INVALID_LLM_RESPONSE("failed"),
    LLM_API_ERROR("failed"),
    CONTEXT_WINDOW_OVERFLOW_IN_SYSTEM_PROMPT("failed"),
    INSUFFICIENT_CREDITS("failed"),
    ERROR("failed");

    private final String runStatus;

    StopReason(String runStatus) {
        this.runStatus = runStatus;
    }

    /** completed, cancelled or failed. */
    public String runStatus() {
        return runStatus;
    }

    /** The word on the wire. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static StopReason of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
