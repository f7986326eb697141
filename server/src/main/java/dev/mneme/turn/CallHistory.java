package dev.mneme.turn;

import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tools that a request has really run so far, in order, and what the last one gave back. Calls that were refused or denied are not in
 * it. Immutable.
 *
 * @param lastOutput the text of the last return; null: nothing was called
 */
record CallHistory(List<String> tools, @Nullable String lastOutput) {
    static final CallHistory NONE = new CallHistory(List.of(), null);

    /** Returns that begin so were not given by a tool: the call broke a rule, or a person said no (contract 02 §8, §9). */
    private static final List<String> NOT_RUN =
            List.of(RuleBook.VIOLATION, RuleBook.BAD_PREFILL, "Error: request to call tool denied.");

    CallHistory {
        tools = List.copyOf(tools);
    }

    CallHistory plus(String tool, String output) {
        List<String> more = new ArrayList<>(tools);
        more.add(tool);
        return new CallHistory(more, output);
    }

    /** With these calls and their returns, as far as they ran. */
    CallHistory plus(List<ToolCall> calls, List<ToolReturn> returns) {
        CallHistory out = this;
        for (ToolReturn back : returns) {
            for (ToolCall call : calls) {
                if (call.id().equals(back.toolCallId()) && NOT_RUN.stream().noneMatch(back.text()::startsWith)) {
                    out = out.plus(call.name(), back.text());
                    break;
                }
            }
        }
        return out;
    }

    /**
     * What a run that answers an approval goes on from: it is a request of its own, but the one that paused is not over, so everything
     * since its last message of a person counts.
     */
    static CallHistory since(List<Message> context) {
        int from = context.size();
        while (from > 0 && !isAsked(context.get(from - 1))) {
            from--;
        }
        CallHistory out = NONE;
        List<ToolCall> asked = new ArrayList<>();
        for (Message row : context.subList(from, context.size())) {
            asked.addAll(row.toolCalls());
            out = out.plus(asked, row.toolReturns());
        }
        return out;
    }

    private static boolean isAsked(Message row) {
        return row.input() && (row.role() == Role.USER || row.role() == Role.SYSTEM);
    }

    @Nullable
    String last() {
        return tools.isEmpty() ? null : tools.getLast();
    }

    long count(String tool) {
        return tools.stream().filter(tool::equals).count();
    }
}
