package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelException;
import dev.mneme.message.StopReason;
import dev.mneme.message.Usage;
import org.jspecify.annotations.Nullable;

/**
 * How a turn ended.
 *
 * @param contextTokens total of its last model call
 * @param failure null unless it failed with words
 * @param logprobs log probabilities of its last answer that had some, as OpenAI writes them; they are not stored
 */
public record TurnResult(
        StopReason reason,
        Usage usage,
        int steps,
        @Nullable Integer contextTokens,
        @Nullable Failure failure,
        @Nullable JsonNode logprobs) {
    public TurnResult(
            StopReason reason, Usage usage, int steps, @Nullable Integer contextTokens, @Nullable Failure failure) {
        this(reason, usage, steps, contextTokens, failure, null);
    }

    /**
     * What went wrong: the kind decides the HTTP status of a blocking request, the rest are the words of contract 03 §8.
     *
     * @param pendingRequest the approval request that was in the way, null: none was
     */
    public record Failure(
            ProblemCode kind,
            String errorType,
            String message,
            @Nullable String detail,
            @Nullable String pendingRequest) {
        public Failure(ProblemCode kind, String errorType, String message, @Nullable String detail) {
            this(kind, errorType, message, detail, null);
        }

        static Failure of(ModelException e) {
            return new Failure(e.kind(), errorType(e.kind()), e.sentence(), e.detail());
        }

        /** The error_type of a stream (contract 03 §8). */
        private static String errorType(ProblemCode kind) {
            return switch (kind) {
                case LLM_AUTHENTICATION -> "llm_authentication";
                case LLM_RATE_LIMIT -> "llm_rate_limit";
                case LLM_TIMEOUT -> "llm_timeout";
                case LLM_BAD_REQUEST, LLM_CONTEXT_WINDOW -> "llm_bad_request";
                case LLM_INSUFFICIENT_CREDITS -> "llm_insufficient_credits";
                case LLM_EMPTY_RESPONSE -> "llm_empty_response";
                case BEDROCK_PERMISSION_DENIED -> "bedrock_permission_denied";
                default -> "llm_error";
            };
        }
    }
}
