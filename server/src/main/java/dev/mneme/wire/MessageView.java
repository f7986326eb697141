package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stored message as it is, not split into pieces: in the context overview and for clients of the oldest API. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record MessageView(
        @Nullable String createdById,
        @Nullable String lastUpdatedById,
        String createdAt,
        String updatedAt,
        String id,
        String agentId,
        @Nullable String model,
        String role,
        JsonNode content,
        @Nullable String name,
        @Nullable List<FunctionCall> toolCalls,
        @Nullable String toolCallId,
        @Nullable String stepId,
        @Nullable String runId,
        @Nullable String otid,
        List<Return> toolReturns,
        @Nullable String groupId,
        @Nullable String senderId,
        @Nullable String batchItemId,
        @Nullable String conversationId,
        @Nullable Boolean isErr,
        @Nullable String approvalRequestId,
        @Nullable Boolean approve,
        @Nullable String denialReason,
        List<JsonNode> approvals) {
    /** A call in the shape of OpenAI's chat completions. */
    public record FunctionCall(String id, Function function, String type) {}

    /** arguments is JSON text. */
    public record Function(String arguments, String name) {}

    /** What one call gave back. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Return(
            String toolCallId,
            String status,
            @Nullable List<String> stdout,
            @Nullable List<String> stderr,
            String funcResponse) {}
}
