package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.Patience;
import dev.mneme.llm.Retry;
import dev.mneme.message.StopReason;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A turn under way: its request, and what it has used and done so far. Confined to the turn's thread. */
final class Turn {
    private final TurnInput input;
    /** The list in the run's metadata that tells of model calls made again. */
    static final String RETRIES = "retries";

    private final TurnLog log;
    private final Patience patience;
    private final Folds folds = new Folds();
    private String stepId;
    private Usage usage = Usage.NONE;
    private @Nullable JsonNode logprobs;
    private int steps;
    private int stepsWithoutModel;
    private @Nullable Integer contextTokens;
    private CallHistory history = CallHistory.NONE;
    private SentPrompts.Copy sent = SentPrompts.Copy.NONE;

    Turn(TurnInput input, TurnLog log) {
        this.input = input;
        this.log = log;
        this.stepId = input.firstStepId();
        this.patience = new Patience(log::cancelled, this::retried);
    }

    TurnInput input() {
        return input;
    }

    TurnOptions options() {
        return input.options();
    }

    TurnLog log() {
        return log;
    }

    /** What this run has spent on tries of model calls that failed. */
    Patience patience() {
        return patience;
    }

    private void retried(Retry retry) {
        log.note(
                RETRIES,
                Json.object()
                        .put("step_id", stepId)
                        .put("model", retry.model())
                        .put("error", retry.why())
                        .put("wait_ms", retry.waitMillis())
                        .put("fallback", retry.instead()));
    }

    /** The step under way. */
    String stepId() {
        return stepId;
    }

    /** The step's model is sent this now. */
    void sends(SentPrompts.Copy copy) {
        sent = copy;
    }

    /** What the step's model was sent last. */
    SentPrompts.Copy sent() {
        return sent;
    }

    /** Model calls so far. */
    int steps() {
        return steps;
    }

    void count(ModelEvent.Done answer, Kind kind) {
        Usage more = answer.usage();
        logprobs = answer.logprobs() == null ? logprobs : answer.logprobs();
        usage = steps == 0 ? more : usage.plus(more);
        steps++;
        contextTokens = kind.countsContext() ? Integer.valueOf(more.totalTokens()) : null;
    }

    /** Whether the budget of steps is spent: each model call takes one, and running what an answer released (contract 02 §9). */
    boolean spent() {
        return steps + stepsWithoutModel >= options().maxSteps();
    }

    void countAnswer() {
        stepsWithoutModel++;
    }

    /** The tools that this request has run. */
    CallHistory history() {
        return history;
    }

    void goesOnFrom(CallHistory earlier) {
        history = earlier;
    }

    void called(List<ToolCall> calls, List<ToolReturn> returns) {
        history = history.plus(calls, returns);
    }

    /** What was done against a full context. */
    Folds folds() {
        return folds;
    }

    /** The context is smaller now. tokens: of the next call, estimated. */
    void compacted(int tokens) {
        contextTokens = tokens;
    }

    void nextStep() {
        stepId = IdKind.STEP.next();
    }

    TurnResult ended(StopReason reason) {
        return new TurnResult(reason, usage, steps, contextTokens, null, logprobs);
    }

    TurnResult failed(StopReason reason, TurnResult.Failure failure) {
        return new TurnResult(reason, usage, steps, contextTokens, failure, logprobs);
    }
}
