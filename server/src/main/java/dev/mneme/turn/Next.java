package dev.mneme.turn;

import dev.mneme.message.StopReason;
import dev.mneme.message.ToolReturn;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What follows a step (contract 02 §5, §6, §7). Pure.
 *
 * @param stop why the turn ends; null: it goes on
 * @param heartbeat the note with which the model is asked again, null: without a note
 */
record Next(@Nullable StopReason stop, @Nullable String heartbeat) {
    private static final String PREFIX = "[This is an automated system message hidden from the user] ";
    static final String REQUESTED = PREFIX + "Function called using request_heartbeat=true, returning control";
    static final String FAILED = PREFIX + "Function call failed, returning control";
    static final String VIOLATED = PREFIX + "Continuing: tool rule violation.";
    static final String CHILD = PREFIX + "Continuing: child tool rule.";
    static final String CONTINUE = PREFIX + "Continuing: continue tool rule.";
    static final String DENIED = PREFIX + "Continuing: user denied request to call tool.";

    static final Next GOES_ON = new Next(null, null);

    static Next ends(StopReason reason) {
        return new Next(reason, null);
    }

    /** The turn goes on, unless this was its last step. */
    private static Next on(@Nullable String heartbeat, boolean lastStep) {
        return lastStep ? ends(StopReason.MAX_STEPS) : new Next(null, heartbeat);
    }

    boolean goesOn() {
        return stop == null;
    }

    /** The note when the calls gave back this: one that failed is named as the reason where the model itself had asked. */
    @Nullable
    String note(List<ToolReturn> returns) {
        boolean failed = returns.stream().anyMatch(back -> !back.ok());
        return REQUESTED.equals(heartbeat) && failed ? FAILED : heartbeat;
    }

    /**
     * After an answer in text.
     *
     * @param truncated cut by the output limit
     * @param uncalled tools that must still be called; empty also when nothing can be called
     */
    static Next afterText(boolean truncated, List<String> uncalled, boolean lastStep) {
        if (!uncalled.isEmpty()) {
            return on(
                    PREFIX + "ToolRuleViolated: You must call " + String.join(", ", uncalled)
                            + " at least once to exit the loop.",
                    lastStep);
        }
        return ends(truncated ? StopReason.MAX_TOKENS_EXCEEDED : StopReason.END_TURN);
    }

    /** After an answer to a request that denied something: the model must hear it (contract 02 §9). */
    static Next afterDenial(Kind kind, boolean lastStep) {
        return on(kind.heartbeats() ? DENIED : null, lastStep);
    }

    /** A call that was made, as far as it decides what follows. asksOn: it carried request_heartbeat. broke: it broke a rule. */
    record Made(String tool, boolean asksOn, boolean broke) {}

    /**
     * After calls.
     *
     * @param history with these calls in it
     * @param lastStep whether the budget of steps is spent; it decides only what would go on, never what would have ended by itself
     */
    static Next afterCalls(
            Kind kind, RuleBook rules, List<Made> calls, CallHistory history, List<String> attached, boolean lastStep) {
        boolean ends = calls.stream().anyMatch(call -> !call.broke() && rules.ends(call.tool()));
        List<String> uncalled = rules.uncalled(attached, history);
        if (ends && (uncalled.isEmpty() || lastStep)) {
            boolean byRule = !kind.heartbeats() || calls.stream().anyMatch(Made::asksOn);
            return ends(byRule ? StopReason.TOOL_RULE : StopReason.END_TURN);
        }
        if (!kind.heartbeats()) {
            return on(ends ? expects(uncalled) : null, lastStep);
        }
        String reason = heartbeat(rules, calls, ends);
        if (!uncalled.isEmpty() && calls.stream().noneMatch(Made::broke)) {
            reason = expects(uncalled);
        }
        return reason == null ? ends(StopReason.END_TURN) : on(reason, lastStep);
    }

    private static @Nullable String heartbeat(RuleBook rules, List<Made> calls, boolean ends) {
        if (calls.stream().anyMatch(Made::broke)) {
            return VIOLATED;
        }
        if (ends) {
            return null;
        }
        if (calls.stream().anyMatch(call -> rules.leadsOn(call.tool()))) {
            return CHILD;
        }
        if (calls.stream().anyMatch(call -> rules.goesOn(call.tool()))) {
            return CONTINUE;
        }
        return calls.stream().anyMatch(Made::asksOn) ? REQUESTED : null;
    }

    private static String expects(List<String> uncalled) {
        return PREFIX + "Continuing, user expects these tools: [" + String.join(", ", uncalled)
                + "] to be called still.";
    }
}
