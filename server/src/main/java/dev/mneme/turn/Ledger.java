package dev.mneme.turn;

import dev.mneme.base.Clock;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelException;
import dev.mneme.memory.Recall;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.StopReason;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.TurnEvent;
import dev.mneme.message.Usage;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where a turn stores what it did: each step whole, and the end of the run with its last step. Nothing is stored for an agent that was
 * deleted meanwhile. Thread-safe.
 */
final class Ledger {
    private final Db db;
    private final Clock clock;
    private final Recall recall;
    private final TurnRows rows;
    private final int keptPrompts;

    Ledger(Db db, Clock clock, Recall recall, TurnRows rows, int keptPrompts) {
        this.keptPrompts = keptPrompts;
        this.db = db;
        this.clock = clock;
        this.recall = recall;
        this.rows = rows;
    }

    /**
     * What one step adds.
     *
     * @param rows what the model said
     * @param calls what it called, prepared; their effects happen in the ledger's transaction
     * @param before when the step began, in nanoseconds of {@link System#nanoTime}
     * @param next whether the turn ends here, and with what note it goes on
     */
    record Step(
            List<Message> rows,
            List<ToolRunner.Prepared> calls,
            @Nullable Long toolNs,
            long modelNs,
            long before,
            Next next) {
        @Nullable
        StopReason stop() {
            return next.stop();
        }
    }

    /**
     * Stores a step in one transaction. False when the agent is gone.
     *
     * @param ends whether the run ends with it, if the step has a reason to stop; false: something comes before the end
     */
    boolean store(Turn turn, StepPlan plan, Step step, Usage usage, boolean ends) {
        TurnInput input = turn.input();
        List<ToolReturn> returns = new ArrayList<>();
        Optional<byte[]> sent = turn.sent().bytes();
        boolean alive = write(turn, tx -> {
            List<Message> stored = new ArrayList<>(step.rows());
            returns.clear();
            if (!step.calls().isEmpty()) {
                Message row = returns(tx, turn, plan, turn.stepId(), List.of(), step.calls());
                returns.addAll(row.toolReturns());
                stored.add(row);
            }
            String note = step.next().note(returns);
            if (note != null) {
                stored.add(rows.heartbeat(input, plan, turn.stepId(), note));
            }
            recall.insert(tx, stored);
            recall.append(tx, input.threadId(), stored.stream().map(Message::id).toList());
            if (plan.storedPrompt() != null && !plan.agent().context().isEmpty()) {
                recall.replaceContent(
                        tx, plan.agent().context().getFirst().id(), List.of(new Content.Text(plan.storedPrompt())));
            }
            TurnSql.insertStep(
                    tx,
                    input,
                    plan.config(),
                    new TurnSql.StepOutcome(
                            turn.stepId(),
                            "success",
                            step.stop() == null ? null : step.stop().word(),
                            usage,
                            null,
                            null,
                            step.modelNs(),
                            step.toolNs(),
                            System.nanoTime() - step.before()),
                    clock.next());
            keep(tx, turn, sent);
            turn.log()
                    .record(
                            tx,
                            stored.stream().<TurnEvent>map(TurnEvent.Row::new).toList());
            if (ends && step.stop() != null) {
                turn.log().finish(tx, turn.ended(step.stop()));
            }
        });
        turn.called(step.calls().stream().map(ToolRunner.Prepared::call).toList(), returns);
        return alive;
    }

    private void keep(Tx tx, Turn turn, Optional<byte[]> sent) {
        sent.ifPresent(bytes ->
                SentPromptSql.keep(tx, turn.input().agentId(), turn.stepId(), bytes, clock.next(), keptPrompts));
    }

    private Message returns(
            Tx tx,
            Turn turn,
            StepPlan plan,
            @Nullable String stepId,
            List<Approvals.Closed> closed,
            List<ToolRunner.Prepared> prepared) {
        TurnInput input = turn.input();
        List<ToolReturn> returns =
                new ArrayList<>(closed.stream().map(Approvals.Closed::back).toList());
        List<ToolCall> calls =
                new ArrayList<>(closed.stream().map(Approvals.Closed::call).toList());
        for (ToolRunner.Prepared call : prepared) {
            returns.add(call.apply(tx));
            calls.add(call.call());
        }
        // agents that work by calls name the tool of a denied call too (contract 02 §9)
        String name = prepared.isEmpty() && !plan.kind().heartbeats()
                ? null
                : calls.get(prepared.isEmpty() ? 0 : closed.size()).name();
        return rows.tool(
                input.agentId(),
                input.conversationId(),
                stepId,
                input.runId(),
                calls,
                returns,
                plan.config().model(),
                name);
    }

    /**
     * What an answer to an approval request led to.
     *
     * @param stepId the step that had asked
     * @param closed calls that were not run here
     * @param calls those that were, prepared
     * @param more input that came with the answer
     * @param next whether the turn ends here, and with what note it goes on
     */
    record Answered(
            @Nullable String stepId,
            List<Approvals.Closed> closed,
            List<ToolRunner.Prepared> calls,
            List<InputMessage> more,
            Next next) {}

    /** Stores the returns of calls that had waited, and the end of the run with them. False when the agent is gone. */
    boolean storeAnswer(Turn turn, StepPlan plan, Answered answered) {
        return write(turn, tx -> {
            Message returned = returns(tx, turn, plan, answered.stepId(), answered.closed(), answered.calls());
            List<Message> stored = new ArrayList<>(List.of(returned));
            String note = answered.next().note(returned.toolReturns());
            if (note != null) {
                stored.add(rows.heartbeat(turn.input(), plan, turn.stepId(), note));
            }
            answered.more().forEach(message -> stored.add(rows.input(turn.input(), message)));
            recall.insert(tx, stored);
            recall.append(
                    tx,
                    turn.input().threadId(),
                    stored.stream().map(Message::id).toList());
            turn.log().record(tx, List.of(new TurnEvent.Row(returned)));
            StopReason stop = answered.next().stop();
            if (stop != null) {
                turn.log().finish(tx, turn.ended(stop));
            }
        });
    }

    /** Stores that a model call failed, and ends the run with it. */
    void fail(Turn turn, LlmConfig config, ModelException e, long modelNs) {
        boolean empty = e.kind() == ProblemCode.LLM_EMPTY_RESPONSE;
        fail(turn, config, e, empty ? StopReason.INVALID_LLM_RESPONSE : StopReason.LLM_API_ERROR, null, modelNs);
    }

    /** As {@link #fail(Turn, LlmConfig, ModelException, long)}, with the tokens of an answer that came and was no use. */
    void fail(Turn turn, LlmConfig config, ModelException e, StopReason reason, @Nullable Usage usage, long modelNs) {
        TurnResult.Failure failure = TurnResult.Failure.of(e);
        Optional<byte[]> sent = turn.sent().bytes();
        write(turn, tx -> {
            TurnSql.insertStep(
                    tx,
                    turn.input(),
                    config,
                    new TurnSql.StepOutcome(
                            turn.stepId(),
                            "failed",
                            reason.word(),
                            usage,
                            failure.errorType(),
                            e.detail(),
                            modelNs,
                            null,
                            modelNs),
                    clock.next());
            keep(tx, turn, sent);
            turn.log().finish(tx, turn.failed(reason, failure));
        });
    }

    /** Ends the run after its last step, with words about why. */
    void fail(Turn turn, StopReason reason, TurnResult.Failure failure) {
        write(turn, tx -> turn.log().finish(tx, turn.failed(reason, failure)));
    }

    /** Ends the run without a step. */
    void finish(Turn turn, StopReason reason) {
        write(turn, tx -> turn.log().finish(tx, turn.ended(reason)));
    }

    private boolean write(Turn turn, Consumer<Tx> work) {
        return db.of(turn.input().organizationId()).write(tx -> {
            boolean alive = turn.log().alive(tx);
            if (alive) {
                work.accept(tx);
            }
            return alive;
        });
    }
}
