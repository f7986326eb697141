package dev.mneme.turn;

import dev.mneme.base.ProblemCode;
import dev.mneme.message.StopReason;
import dev.mneme.message.Usage;
import org.jspecify.annotations.Nullable;

/** How a turn ended. contextTokens: total of its last model call. failure: null unless it failed with words. */
public record TurnResult(
        StopReason reason,
        Usage usage,
        int steps,
        @Nullable Integer contextTokens,
        @Nullable Failure failure) {
    /** What went wrong: the kind decides the HTTP status of a blocking request, the rest are the words of contract 03 §8. */
    public record Failure(
            ProblemCode kind,
            String errorType,
            String message,
            @Nullable String detail) {}
}
