package dev.mneme.turn;

import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelEvent;
import dev.mneme.memory.Recall;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where calls wait for an answer from outside (contract 02 §9): who may send what while one waits, and the rows of asking and answering.
 * Thread-safe.
 */
final class Gate {
    /** What a call gives back whose answer was taken when the server stopped. */
    private static final String INTERRUPTED = "The call was interrupted: the server stopped.";

    private final Recall recall;
    private final TurnRows rows;

    Gate(Recall recall, TurnRows rows) {
        this.recall = recall;
        this.rows = rows;
    }

    /** Why a request cannot begin now: a message while calls wait (409), an answer that does not fit (400). Null: it can. */
    @Nullable
    Problem refusal(Tx tx, String threadId, List<InputMessage> messages) {
        InputMessage first = messages.getFirst();
        if (first.approval() != null) {
            try {
                Approvals.meaning(recall.tail(tx, threadId), Approvals.read(first.approval()));
                return null;
            } catch (Problem e) {
                return e;
            }
        }
        String open = recall.openRequest(tx, threadId);
        return open == null
                ? null
                : new Problem(
                                ProblemCode.PENDING_APPROVAL,
                                "CONFLICT: Cannot send a new message: The agent is waiting for approval on a tool call."
                                        + " Please approve or deny the pending request before continuing.")
                        .with("pending_request_id", open);
    }

    /** The rows that a turn begins with. An answer comes alone: what was sent with it follows its returns. */
    List<Message> input(Tx tx, TurnInput input, List<InputMessage> messages) {
        String answer = messages.getFirst().approval();
        if (answer == null) {
            return inputRows(input, messages);
        }
        return switch (Approvals.meaning(recall.tail(tx, input.threadId()), Approvals.read(answer))) {
            case Approvals.Meaning.Answer fits -> List.of(rows.answer(input, messages.getFirst()));
            case Approvals.Meaning.Repeat again -> {
                List<InputMessage> more = messages.subList(1, messages.size());
                yield inputRows(
                        input,
                        more.isEmpty()
                                ? List.of(new InputMessage(
                                        Role.USER,
                                        List.of(new Content.Text(Approvals.KEEP_ALIVE)),
                                        IdKind.uuid().toString(),
                                        null,
                                        null,
                                        null))
                                : more);
            }
        };
    }

    /**
     * Keeps what a refused request had said, among the history but not in the context: it was taken in before the agent came to ask for
     * approval, and what was taken in is never lost.
     *
     * @param at when it was taken in, microseconds
     */
    void keep(Tx tx, TurnInput input, List<InputMessage> messages, long at) {
        recall.insert(
                tx,
                messages.stream()
                        .filter(message -> message.approval() == null)
                        .map(message -> rows.input(input, message).withCreatedAt(at))
                        .toList());
    }

    List<Message> inputRows(TurnInput input, List<InputMessage> messages) {
        return messages.stream().map(message -> rows.input(input, message)).toList();
    }

    /**
     * The rows of an answer with calls that wait: the others on an assistant row, then the request. What the model thought and said
     * stands on the first of them. In a token stream the request's deltas have been shown under an id of their own.
     */
    List<Message> asked(Turn turn, StepPlan plan, ModelEvent.Done answer, Approvals.Split split, String rowId) {
        List<Message> out = new ArrayList<>();
        List<Content> said = plan.kind().heartbeats()
                ? CallShape.thoughts(
                        answer.content(),
                        ToolRunner.thought(split.waiting().getFirst()),
                        plan.config().hidesThoughts())
                : answer.content();
        boolean alone = split.free().isEmpty();
        if (!alone) {
            List<ToolCall> free = split.free().stream().map(ToolRunner::clean).toList();
            out.add(rows.assistant(turn.input(), plan.config(), turn.stepId(), rowId, said, free));
        }
        String requestId = alone ? rowId : IdKind.MESSAGE.next();
        if (turn.options().streamTokens()) {
            requestId = Approvals.idBefore(rowId);
        }
        List<Content> content = alone ? said : List.of();
        out.add(rows.request(turn.input(), plan.config(), turn.stepId(), requestId, content, split.waiting()));
        return out;
    }

    /** The answer that this turn brought, with what it answers; null when it brought none or repeats an earlier one. */
    static Approvals.Meaning.@Nullable Answer answer(List<Message> context, String runId) {
        Message last = context.isEmpty() ? null : context.getLast();
        if (last == null || last.approval() == null || !runId.equals(last.runId())) {
            return null;
        }
        return Approvals.meaning(context.subList(0, context.size() - 1), Approvals.read(last.approval()))
                        instanceof Approvals.Meaning.Answer answer
                ? answer
                : null;
    }

    /** The run that asked what a thread waits with, or null. */
    @Nullable
    String asker(Tx tx, String threadId) {
        if (recall.openRequest(tx, threadId) == null) {
            return null;
        }
        Approvals.Pending pending = Approvals.pending(recall.tail(tx, threadId));
        return pending == null ? null : pending.request().runId();
    }

    /**
     * Ends the open request of a thread, if it has one, as if a person had denied every call, and makes the thread usable. The caller
     * holds the thread's lease. Returns the run that had asked, or null.
     */
    @Nullable
    String deny(Tx tx, String threadId, String reason) {
        Approvals.Pending pending = Approvals.pending(recall.tail(tx, threadId));
        if (pending == null) {
            return null;
        }
        Message request = pending.request();
        String conversation = threadId.equals(request.agentId()) ? null : threadId;
        Message answer = rows.denial(request, conversation, Approvals.denials(pending, reason));
        Message returns = returns(request, conversation, Approvals.closed(pending, reason));
        store(tx, threadId, List.of(answer, returns));
        return request.runId();
    }

    /**
     * Makes a thread usable whatever an interrupted run left at its end: calls without a return get one that says so, and what came with
     * an answer is stored behind it.
     */
    void repair(Tx tx, TurnInput input) {
        List<Message> tail = recall.tail(tx, input.threadId());
        if (tail.isEmpty()) {
            return;
        }
        Message last = tail.getLast();
        if (last.role() == Role.ASSISTANT && !last.toolCalls().isEmpty()) {
            List<Approvals.Closed> closed = last.toolCalls().stream()
                    .map(call -> new Approvals.Closed(
                            call, new ToolReturn(call.id(), ToolReturn.ERROR, INTERRUPTED, null, null)))
                    .toList();
            store(tx, input.threadId(), List.of(returns(last, input.conversationId(), closed)));
            return;
        }
        Approvals.Pending answered = last.approval() != null && input.runId().equals(last.runId()) && tail.size() > 1
                ? Approvals.pendingAt(tail, tail.size() - 2)
                : null;
        if (answered != null) {
            List<Message> more = new ArrayList<>(
                    List.of(returns(answered.request(), input.conversationId(), interrupted(answered))));
            more.addAll(inputRows(input, Objects.requireNonNullElse(input.afterAnswer(), List.of())));
            store(tx, input.threadId(), more);
        }
    }

    private static List<Approvals.Closed> interrupted(Approvals.Pending pending) {
        List<ToolCall> calls = new ArrayList<>(pending.waiting());
        calls.addAll(pending.free());
        return calls.stream()
                .map(call -> new Approvals.Closed(
                        call, new ToolReturn(call.id(), ToolReturn.ERROR, INTERRUPTED, null, null)))
                .toList();
    }

    /** The tool row for calls of a row that were not run. */
    private Message returns(Message asked, @Nullable String conversationId, List<Approvals.Closed> closed) {
        return rows.tool(
                asked.agentId(),
                conversationId,
                asked.stepId(),
                asked.runId(),
                closed.stream().map(Approvals.Closed::call).toList(),
                closed.stream().map(Approvals.Closed::back).toList(),
                asked.model(),
                null);
    }

    private void store(Tx tx, String threadId, List<Message> more) {
        recall.insert(tx, more);
        recall.append(tx, threadId, more.stream().map(Message::id).toList());
    }
}
