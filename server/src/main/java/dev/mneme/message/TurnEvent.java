package dev.mneme.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens in a turn, as its readers see it, in order. A turn ends with Stopped, then Used or Failed. */
public sealed interface TurnEvent {
    /** A stored row of this turn, whole (step mode), or a tool row in either mode. */
    record Row(Message message) implements TurnEvent {}

    /**
     * A piece of reasoning that is being streamed. piece: its index in the row to come. isNative: thought by a reasoning model, not asked
     * for by a prompt.
     */
    record ReasoningDelta(String messageId, int piece, String stepId, String text, boolean isNative, long at)
            implements TurnEvent {}

    /** The model thought, and its provider keeps the thought to itself. */
    record HiddenReasoning(String messageId, int piece, String stepId, long at) implements TurnEvent {}

    /**
     * The context is being made smaller.
     *
     * @param id a bare uuid
     * @param tokens of the context before; null: nobody has counted yet
     */
    record Compacting(String id, String trigger, @Nullable Integer tokens, int window, String stepId, long at)
            implements TurnEvent {}

    /** The stored row that took the place of older ones. summary: its text without the packing. stats: null where nobody counted. */
    record Summary(
            Message message, String summary, @Nullable CompactionStats stats) implements TurnEvent {}

    /** A piece of visible text that is being streamed. */
    record TextDelta(String messageId, int piece, String stepId, String text, long at) implements TurnEvent {}

    /** A piece of a call that is being streamed; name or arguments null where this piece does not bring it. */
    record CallDelta(
            String messageId,
            int piece,
            String stepId,
            String callId,
            @Nullable String name,
            @Nullable String arguments,
            long at)
            implements TurnEvent {}

    /**
     * A piece of a call by which an agent speaks, for readers who want the words and for those who want the call.
     *
     * @param text a piece of what is said, null: none in this piece
     * @param arguments the same as a piece of the call's JSON, null: none; name comes with the first piece
     */
    record SpokenDelta(
            String messageId,
            int piece,
            String stepId,
            String callId,
            @Nullable String name,
            @Nullable String arguments,
            @Nullable String text,
            long at)
            implements TurnEvent {}

    /** A piece of a call that will wait for an answer from outside; messageId is the id of the approval row to come. */
    record ApprovalDelta(
            String messageId,
            String stepId,
            String callId,
            @Nullable String name,
            @Nullable String arguments,
            long at) implements TurnEvent {}

    /** Nothing happened for a while. */
    record Ping(long at) implements TurnEvent {}

    record Stopped(StopReason reason) implements TurnEvent {}

    /** Tokens of the whole turn. contextTokens: total of the last call. runIds: background runs that the turn started. */
    record Used(Usage usage, int steps, @Nullable Integer contextTokens, List<String> runIds) implements TurnEvent {}

    /** errorType: llm_authentication, llm_rate_limit, llm_timeout, llm_error, internal_error … (contract 03 §8). */
    record Failed(
            String errorType, String message, @Nullable String detail) implements TurnEvent {}
}
