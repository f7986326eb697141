package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.message.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run as stored. Times in microseconds, durations in nanoseconds. usage and error are null until it ends. */
public record RunRow(
        String id,
        String agentId,
        String threadId,
        @Nullable String conversationId,
        String status,
        @Nullable String stopReason,
        boolean background,
        boolean streaming,
        RunOptions options,
        JsonNode metadata,
        @Nullable RunUsage usage,
        @Nullable JsonNode error,
        @Nullable String callbackUrl,
        @Nullable Long callbackSentAt,
        @Nullable Integer callbackStatusCode,
        @Nullable String callbackError,
        long createdAt,
        @Nullable Long startedAt,
        @Nullable Long completedAt,
        @Nullable Long ttftNs,
        @Nullable Long totalDurationNs) {
    /** Tokens of all steps together. runIds: background runs that the end of this one started, null: none. */
    public record RunUsage(
            Usage tokens,
            int steps,
            @Nullable Integer contextTokens,
            @Nullable List<String> runIds) {}

    /** As it was when the request was taken in: who sent it asks again for what became of it. */
    public RunRow asTaken() {
        return new RunRow(
                id,
                agentId,
                threadId,
                conversationId,
                "created",
                null,
                background,
                streaming,
                options,
                metadata,
                null,
                null,
                callbackUrl,
                null,
                null,
                null,
                createdAt,
                null,
                null,
                null,
                null);
    }

    /** Whether it will never change again. */
    public boolean ended() {
        return !status.equals("created") && !status.equals("running");
    }
}
