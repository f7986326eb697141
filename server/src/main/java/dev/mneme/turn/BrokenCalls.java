package dev.mneme.turn;

import dev.mneme.base.IdKind;
import dev.mneme.llm.ModelEvent;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.List;

/** What a model is told of calls whose arguments are no JSON object, so that it makes them again. */
final class BrokenCalls {
    /** Characters of broken arguments shown back to the model. */
    private static final int SNIPPET = 200;

    private BrokenCalls() {}

    /**
     * Rows to put after the history of a further call, stored nowhere; none if every call that counts can be read. An answer that was cut
     * by its limit is not worth asking for again: it would be cut again.
     */
    static List<Message> told(Turn turn, StepPlan plan, ModelEvent.Done done, TurnRows rows) {
        List<ToolCall> calls = plan.counting(done.calls());
        if (done.truncated() || calls.stream().noneMatch(BrokenCalls::isBroken)) {
            return List.of();
        }
        List<ToolCall> shown = new ArrayList<>();
        List<ToolReturn> returns = new ArrayList<>();
        for (ToolCall call : calls) {
            boolean broken = isBroken(call);
            shown.add(broken ? new ToolCall(call.id(), call.name(), "{}") : call);
            returns.add(new ToolReturn(
                    call.id(),
                    ToolReturn.ERROR,
                    broken ? complaint(call) : "Nothing was run, because another call of the same answer was broken.",
                    null,
                    null));
        }
        return List.of(
                rows.assistant(
                        turn.input(), plan.config(), turn.stepId(), IdKind.MESSAGE.next(), done.content(), shown),
                rows.tool(
                        turn.input().agentId(),
                        turn.input().conversationId(),
                        turn.stepId(),
                        turn.input().runId(),
                        shown,
                        returns,
                        plan.config().model(),
                        shown.getFirst().name()));
    }

    static boolean isBroken(ToolCall call) {
        return ToolRunner.arguments(call.arguments()) == null;
    }

    /** What was wrong with a call, for the model to read. */
    static String complaint(ToolCall call) {
        String text = call.arguments();
        return "The arguments of " + call.name()
                + " were not a JSON object, so nothing was run. Call it again with valid JSON. They began with: "
                + text.substring(0, Math.min(SNIPPET, text.length()));
    }
}
