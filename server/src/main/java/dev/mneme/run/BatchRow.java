package dev.mneme.run;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Many requests handed in at once (contract 03 §10). Times in microseconds since 1970 UTC.
 *
 * @param status created, running, completed or cancelled
 * @param callbackUrl where its end is told, null: nowhere
 * @param callbackSentAt when that was tried last
 * @param callbackStatusCode what the receiver answered then
 * @param callbackError why that try failed
 * @param items its requests, in order
 */
public record BatchRow(
        String id,
        String status,
        @Nullable String callbackUrl,
        @Nullable Long callbackSentAt,
        @Nullable Integer callbackStatusCode,
        @Nullable String callbackError,
        long createdAt,
        long updatedAt,
        @Nullable Long completedAt,
        @Nullable String createdById,
        List<Item> items) {
    static final String CREATED = "created";
    static final String RUNNING = "running";
    static final String COMPLETED = "completed";
    static final String CANCELLED = "cancelled";

    /** A request. runId: once the desk has taken it. error: why it did not. */
    public record Item(
            int position,
            String agentId,
            @Nullable String runId,
            @Nullable String error) {}

    public BatchRow {
        items = List.copyOf(items);
    }

    /** Whether nothing more of it will be begun. */
    public boolean ended() {
        return status.equals(COMPLETED) || status.equals(CANCELLED);
    }

    /** The runs begun so far. */
    public List<String> runIds() {
        return items.stream().map(Item::runId).filter(id -> id != null).toList();
    }
}
