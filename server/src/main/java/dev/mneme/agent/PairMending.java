package dev.mneme.agent;

import dev.mneme.base.IdKind;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a thread's context one that every provider takes: each call has its return behind it, each return and each answer has what it
 * belongs to before it. A request for approval at the very end stays open, as somebody can still answer it. Pure but for new ids.
 */
public final class PairMending {
    private static final String LOST = "The return of this call is not known any more.";

    private final List<Message> out = new ArrayList<>();
    private final List<Message> made = new ArrayList<>();
    private final Map<String, ToolCall> open = new LinkedHashMap<>();
    private boolean asks;
    private boolean changed;

    private PairMending() {}

    /**
     * A mended context.
     *
     * @param context the rows that stay and the new ones, in order
     * @param made the new rows, to be stored
     * @param changed whether anything had to be mended
     */
    public record Mended(List<Message> context, List<Message> made, boolean changed) {}

    public static Mended of(List<Message> context) {
        PairMending mending = new PairMending();
        context.forEach(mending::take);
        if (!mending.asks) {
            mending.close();
        }
        return new Mended(List.copyOf(mending.out), List.copyOf(mending.made), mending.changed);
    }

    private void take(Message row) {
        switch (row.role()) {
            case TOOL -> returns(row);
            case APPROVAL -> {
                if (!row.toolCalls().isEmpty()) {
                    calls(row);
                } else if (asks) {
                    out.add(row);
                    asks = false;
                } else {
                    changed = true; // an answer to nothing
                }
            }
            case ASSISTANT -> {
                close();
                calls(row);
            }
            case USER, SYSTEM, SUMMARY -> {
                close();
                out.add(row);
            }
        }
    }

    private void calls(Message row) {
        boolean request = row.role() == Role.APPROVAL;
        if (asks) {
            close();
        }
        row.toolCalls().forEach(call -> open.put(call.id(), call));
        asks = request;
        out.add(row);
    }

    private void returns(Message row) {
        if (asks) {
            // it was returned, so somebody must have agreed
            asks = false;
        }
        List<ToolReturn> known = row.toolReturns().stream()
                .filter(back -> open.remove(back.toolCallId()) != null)
                .toList();
        if (known.size() == row.toolReturns().size() && !known.isEmpty()) {
            out.add(row);
            return;
        }
        changed = true;
        if (!known.isEmpty()) {
            Message rest = row(row, known, row.name());
            made.add(rest);
            out.add(rest);
        }
    }

    /** Gives every open call a return. */
    private void close() {
        asks = false;
        if (open.isEmpty()) {
            return;
        }
        changed = true;
        Message last = out.getLast();
        List<ToolReturn> lost = open.values().stream()
                .map(call -> new ToolReturn(call.id(), ToolReturn.ERROR, LOST, null, null))
                .toList();
        Message row = row(last, lost, open.values().iterator().next().name());
        open.clear();
        made.add(row);
        out.add(row);
    }

    private static Message row(Message near, List<ToolReturn> returns, @org.jspecify.annotations.Nullable String name) {
        return new Message(
                IdKind.MESSAGE.next(),
                near.agentId(),
                near.conversationId(),
                Role.TOOL,
                List.of(),
                List.of(),
                returns,
                null,
                name,
                null,
                null,
                near.groupId(),
                near.model(),
                near.stepId(),
                near.runId(),
                false,
                returns.stream().anyMatch(back -> !back.ok()),
                near.createdAt() + 1);
    }
}
