package dev.mneme.run;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.StopReason;
import dev.mneme.message.Usage;
import dev.mneme.turn.TurnResult;
import org.jspecify.annotations.Nullable;

/** How runs end that did not come to an end by themselves. Pure. */
final class Endings {
    private Endings() {}

    /** A bug or a refusal in the middle of a turn. */
    static TurnResult broken(Throwable e) {
        String detail = e instanceof Problem problem ? problem.detail() : "INTERNAL_SERVER_ERROR: " + e;
        ProblemCode kind = e instanceof Problem problem ? problem.code() : ProblemCode.INTERNAL;
        return failed(kind, "An error occurred during agent execution.", detail);
    }

    /** There was nobody left to answer. */
    static TurnResult vanished() {
        return failed(
                ProblemCode.NOT_FOUND,
                "The agent or the conversation was deleted before the answer was complete.",
                null);
    }

    /** The server went away. */
    static TurnResult interrupted() {
        return failed(
                ProblemCode.UNAVAILABLE,
                "The server stopped while the agent was answering. The message is stored; send another one to go on.",
                null);
    }

    /** A request that was taken in and could not begin when its turn came. */
    static TurnResult refused(Problem problem) {
        Object open = problem.extra().get("pending_request_id");
        TurnResult.Failure failure = new TurnResult.Failure(
                problem.code(),
                "internal_error",
                problem.detail(),
                problem.detail(),
                open == null ? null : open.toString());
        return new TurnResult(StopReason.ERROR, Usage.NONE, 0, null, failure);
    }

    private static TurnResult failed(ProblemCode kind, String message, @Nullable String detail) {
        return new TurnResult(
                StopReason.ERROR, Usage.NONE, 0, null, new TurnResult.Failure(kind, "internal_error", message, detail));
    }
}
