package dev.mneme.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.mneme.message.CompactionStats;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message as clients see it (contract 03 §1): an envelope that is the same for all, then the fields of its kind, in wire order. */
public sealed interface LettaMessage {
    Envelope envelope();

    /**
     * What every message carries.
     *
     * @param id of the stored row; pieces of one row share it
     * @param date ISO-8601, whole seconds, {@code +00:00}
     * @param otid of the piece
     * @param seqId only in streams of background runs
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Envelope(
            String id,
            String date,
            @Nullable String name,
            String messageType,
            @Nullable String otid,
            @Nullable String senderId,
            @Nullable String stepId,
            @Nullable Boolean isErr,
            @Nullable Long seqId,
            @Nullable String runId) {}

    /** system_message, user_message, assistant_message. content: a text or parts. */
    record Said(@JsonUnwrapped Envelope envelope, JsonNode content) implements LettaMessage {}

    /** reasoning_message. source: reasoner_model or non_reasoner_model. */
    record Reasoning(
            @JsonUnwrapped Envelope envelope,
            String source,
            String reasoning,
            @Nullable String signature) implements LettaMessage {}

    /** hidden_reasoning_message. state: redacted or omitted. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record HiddenReasoning(
            @JsonUnwrapped Envelope envelope,
            String state,
            @Nullable String hiddenReasoning) implements LettaMessage {}

    /** tool_call_message or approval_request_message, whole. toolCall is the first of toolCalls. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Called(@JsonUnwrapped Envelope envelope, Call toolCall, List<Call> toolCalls) implements LettaMessage {}

    /** tool_call_message in a token stream: both keys hold the same piece of one call. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record CallPiece(@JsonUnwrapped Envelope envelope, PartialCall toolCall, PartialCall toolCalls)
            implements LettaMessage {}

    /** approval_request_message in a token stream: as {@link CallPiece}, but what a piece does not bring is null. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ApprovalPiece(@JsonUnwrapped Envelope envelope, PieceOfRequest toolCall, PieceOfRequest toolCalls)
            implements LettaMessage {}

    /** tool_return_message. The fields before toolReturns repeat its first entry. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Returned(
            @JsonUnwrapped Envelope envelope,
            String toolReturn,
            String status,
            String toolCallId,
            @Nullable List<String> stdout,
            @Nullable List<String> stderr,
            List<Return> toolReturns)
            implements LettaMessage {}

    /** approval_response_message. approvalRequestId holds the tool call's id. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record ApprovalResponse(
            @JsonUnwrapped Envelope envelope,
            JsonNode approvals,
            @Nullable Boolean approve,
            @Nullable String approvalRequestId,
            @Nullable String reason)
            implements LettaMessage {}

    /** summary_message: what took the place of older messages. stats: null where nobody counted tokens. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Summary(
            @JsonUnwrapped Envelope envelope,
            String summary,
            @Nullable CompactionStats compactionStats) implements LettaMessage {}

    /** event_message: something happened that is no message; eventType compaction. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Event(@JsonUnwrapped Envelope envelope, String eventType, CompactionData eventData)
            implements LettaMessage {}

    /** Why the context is made smaller, and how full it is. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record CompactionData(String trigger, @Nullable Integer contextTokenEstimate, int contextWindow) {}

    /** ping: nothing happened for a while; the first one tells the run's id. */
    record Ping(@JsonUnwrapped Envelope envelope) implements LettaMessage {}

    /** A call. arguments is JSON text. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Call(String name, String arguments, String toolCallId) {}

    /** A piece of a call; what it does not bring is left out. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PartialCall(
            @Nullable String name,
            @Nullable String arguments,
            @Nullable String toolCallId) {}

    /** A piece of a call that waits for an answer. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record PieceOfRequest(@Nullable String name, @Nullable String arguments, String toolCallId) {}

    /** What one call gave back. toolReturn: a text, or a list of texts and images. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Return(
            String type,
            JsonNode toolReturn,
            String status,
            String toolCallId,
            @Nullable List<String> stdout,
            @Nullable List<String> stderr) {}
}
