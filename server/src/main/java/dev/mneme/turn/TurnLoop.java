package dev.mneme.turn;

import dev.mneme.agent.Agents;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.Models;
import dev.mneme.memory.Recall;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.StopReason;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.message.TurnEvent;
import dev.mneme.message.Usage;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.Toolbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one loop of every agent: snapshot, prompt, model, tools, ledger, and again until it stops (contract 02 §5). Thread-safe; holds no
 * state between turns.
 *
 * <p>No transaction is open while a model or a tool is waited for. Each step is stored whole (its rows, edits of memory, usage, events)
 * or not at all, so that a call never stands without its return.
 */
public final class TurnLoop {
    /** The kinds of agent that this loop can run so far. */
    private static final String V1_AGENT = "letta_v1_agent";

    private final Db db;
    private final Clock clock;
    private final Models models;
    private final Agents agents;
    private final Recall recall;
    private final ToolRunner tools;
    private final TurnRows rows;

    public TurnLoop(Db db, Clock clock, Models models, Toolbox toolbox, Agents agents, Recall recall, Scope scope) {
        this.db = db;
        this.clock = clock;
        this.models = models;
        this.agents = agents;
        this.recall = recall;
        this.tools = new ToolRunner(toolbox, scope);
        this.rows = new TurnRows(clock);
    }

    /** Refuses a request to an agent that does not exist (404) or that this loop cannot run (501). */
    public void requireAgent(Tx tx, String agentId) {
        TurnSql.AgentKind kind = TurnSql.agent(tx, agentId);
        if (kind == null) {
            throw Problem.notFound("Agent with ID " + agentId + " not found");
        }
        if (!kind.type().equals(V1_AGENT)) {
            throw Problem.notImplemented(
                    "Agents of type " + kind.type()
                            + " can be created and read, but cannot answer yet. Create the agent with agent_type letta_v1_agent to talk to it now.");
        }
    }

    /** Stores the input of a turn and puts it into the context, in the transaction that takes the lease. Returns the first step's id. */
    public String begin(Tx tx, TurnInput input, List<InputMessage> messages) {
        List<Message> rows = messages.stream()
                .map(message -> this.rows.input(input, message))
                .toList();
        List<String> ids = rows.stream().map(Message::id).toList();
        recall.insert(tx, rows);
        TurnSql.AgentKind kind = TurnSql.agent(tx, input.agentId());
        if (kind != null && kind.autoclear()) {
            List<String> all =
                    new ArrayList<>(recall.contextIds(tx, input.threadId()).subList(0, 1));
            all.addAll(ids);
            recall.setContext(tx, input.threadId(), all);
        } else {
            recall.append(tx, input.threadId(), ids);
        }
        return input.firstStepId();
    }

    /** The rows that a run wrote, without its input. */
    public List<Message> rowsOf(Tx tx, String runId) {
        return recall.ofRun(tx, runId).stream().filter(row -> !row.input()).toList();
    }

    /** Makes a thread usable whatever an interrupted run left: a call at its end without a return gets one that says so. */
    public void repair(Tx tx, String agentId, String threadId, String runId) {
        List<Message> context = recall.context(tx, threadId);
        if (context.isEmpty()) {
            return;
        }
        Message last = context.getLast();
        if (last.role() != Role.ASSISTANT || last.toolCalls().isEmpty()) {
            return;
        }
        List<ToolReturn> returns = last.toolCalls().stream()
                .map(call -> new ToolReturn(
                        call.id(), ToolReturn.ERROR, "The call was interrupted: the server stopped.", null, null))
                .toList();
        Message row = rows.tool(agentId, last.conversationId(), last.stepId(), runId, last.toolCalls(), returns);
        recall.insert(tx, List.of(row));
        recall.append(tx, threadId, List.of(row.id()));
    }

    /** Runs a turn to its end. Returns without finishing the log only when the agent was deleted meanwhile. */
    public void run(TurnInput input, TurnLog log) {
        Progress progress = new Progress(input.firstStepId());
        boolean more = true;
        while (more) {
            if (log.cancelled()) {
                finish(input, log, progress.result(StopReason.CANCELLED, null));
                return;
            }
            more = step(input, log, progress);
        }
    }

    /** What a turn has used so far. Confined to the turn's thread. */
    private static final class Progress {
        private String stepId;
        private Usage usage = Usage.NONE;
        private int steps;
        private @Nullable Integer contextTokens;

        Progress(String firstStepId) {
            this.stepId = firstStepId;
        }

        void count(Usage more) {
            usage = steps == 0 ? more : usage.plus(more);
            steps++;
            contextTokens = more.totalTokens();
        }

        TurnResult result(StopReason reason, TurnResult.@Nullable Failure failure) {
            return new TurnResult(reason, usage, steps, contextTokens, failure);
        }
    }

    /** One step; false when the turn is over. */
    private boolean step(TurnInput input, TurnLog log, Progress progress) {
        Optional<StepPlan> planned = plan(input);
        if (planned.isEmpty()) {
            return false;
        }
        StepPlan plan = planned.get();
        String rowId = IdKind.MESSAGE.next();
        long before = System.nanoTime();
        ModelEvent.Done answer;
        try {
            answer = ask(input, plan, log, progress.stepId, rowId);
        } catch (ModelException e) {
            fail(input, log, plan, progress, e, System.nanoTime() - before);
            return false;
        }
        long modelNs = System.nanoTime() - before;
        if (answer == null) {
            finish(input, log, progress.result(StopReason.CANCELLED, null));
            return false;
        }
        progress.count(answer.usage());
        if (answer.calls().isEmpty()) {
            StopReason reason = TurnRules.afterText(answer);
            List<Message> rows = TurnRules.silent(answer)
                    ? List.of()
                    : List.of(this.rows.assistant(
                            input, plan.config(), progress.stepId, rowId, answer.content(), List.of()));
            store(input, log, plan, progress, new Step(rows, List.of(), null, modelNs, before, reason), answer.usage());
            return false;
        }
        return callTools(input, log, plan, progress, answer, rowId, modelNs, before);
    }

    private Optional<StepPlan> plan(TurnInput input) {
        long now = clock.now();
        return db.of(input.organizationId()).read(tx -> {
            if (TurnSql.agent(tx, input.agentId()) == null) {
                return Optional.empty();
            }
            return Optional.of(StepPlan.of(agents.snapshot(tx, input.agentId()), input, now));
        });
    }

    /** The model's answer, or null when the turn was cancelled meanwhile. */
    private ModelEvent.@Nullable Done ask(TurnInput input, StepPlan plan, TurnLog log, String stepId, String rowId) {
        List<Message> context = plan.agent().context();
        ModelRequest request = new ModelRequest(
                plan.config(),
                plan.prompt(),
                context.isEmpty() ? context : context.subList(1, context.size()),
                plan.specs(),
                ModelRequest.ToolChoice.AUTO,
                plan.parallel(),
                input.streamTokens(),
                input.agentId(),
                input.userId(),
                plan.agent().state().timezone());
        try (ModelStream stream = models.open(request)) {
            Deltas deltas = new Deltas(log, clock, stepId, rowId);
            while (!log.cancelled()) {
                ModelEvent event = stream.next();
                if (event instanceof ModelEvent.Done done) {
                    if (input.streamTokens()) {
                        deltas.complete(done);
                    }
                    return done;
                }
                if (input.streamTokens()) {
                    deltas.show(event);
                }
            }
            return null;
        }
    }

    private boolean callTools(
            TurnInput input,
            TurnLog log,
            StepPlan plan,
            Progress progress,
            ModelEvent.Done answer,
            String rowId,
            long modelNs,
            long before) {
        List<ToolCall> calls = plan.rules().counting(answer.calls(), plan.parallel());
        long toolsBefore = System.nanoTime();
        List<ToolRunner.Prepared> prepared = tools.prepare(
                calls,
                plan.toolsByName(),
                plan.rules(),
                new ToolContext(
                        input.organizationId(),
                        input.agentId(),
                        input.threadId(),
                        input.conversationId(),
                        plan.agent().state().timezone(),
                        clock.now()));
        List<ToolCall> clean = prepared.stream().map(ToolRunner.Prepared::call).toList();
        Message row = rows.assistant(input, plan.config(), progress.stepId, rowId, answer.content(), clean);
        StopReason stop = log.cancelled()
                ? StopReason.CANCELLED
                : plan.rules().afterCalls(clean, progress.steps, input.maxSteps());
        Step step = new Step(List.of(row), prepared, System.nanoTime() - toolsBefore, modelNs, before, stop);
        if (!store(input, log, plan, progress, step, answer.usage())) {
            return false;
        }
        progress.stepId = IdKind.STEP.next();
        return stop == null;
    }

    /** What one step adds. before: when it began, in nanoseconds of {@link System#nanoTime}. */
    private record Step(
            List<Message> rows,
            List<ToolRunner.Prepared> calls,
            @Nullable Long toolNs,
            long modelNs,
            long before,
            @Nullable StopReason stop) {}

    /** The ledger: stores a step, and the end of the run with it, in one transaction. False when the agent is gone. */
    private boolean store(TurnInput input, TurnLog log, StepPlan plan, Progress progress, Step step, Usage usage) {
        return db.of(input.organizationId()).write(tx -> {
            if (!log.alive(tx)) {
                return false;
            }
            List<Message> rows = new ArrayList<>(step.rows());
            if (!step.calls().isEmpty()) {
                List<ToolReturn> returns =
                        step.calls().stream().map(call -> call.apply(tx)).toList();
                List<ToolCall> calls =
                        step.calls().stream().map(ToolRunner.Prepared::call).toList();
                rows.add(this.rows.tool(
                        input.agentId(), input.conversationId(), progress.stepId, input.runId(), calls, returns));
            }
            recall.insert(tx, rows);
            recall.append(tx, input.threadId(), rows.stream().map(Message::id).toList());
            if (plan.storedPrompt() != null && !plan.agent().context().isEmpty()) {
                recall.replaceContent(
                        tx, plan.agent().context().getFirst().id(), List.of(new Content.Text(plan.storedPrompt())));
            }
            TurnSql.insertStep(
                    tx,
                    input,
                    plan.config(),
                    new TurnSql.StepOutcome(
                            progress.stepId,
                            "success",
                            step.stop() == null ? null : step.stop().word(),
                            usage,
                            null,
                            null,
                            step.modelNs(),
                            step.toolNs(),
                            System.nanoTime() - step.before()),
                    clock.next());
            log.record(tx, rows.stream().<TurnEvent>map(TurnEvent.Row::new).toList());
            if (step.stop() != null) {
                log.finish(tx, progress.result(step.stop(), null));
            }
            return true;
        });
    }

    private void fail(TurnInput input, TurnLog log, StepPlan plan, Progress progress, ModelException e, long modelNs) {
        TurnResult.Failure failure = new TurnResult.Failure(e.kind(), errorType(e.kind()), e.sentence(), e.detail());
        db.of(input.organizationId()).write(tx -> {
            if (log.alive(tx)) {
                TurnSql.insertStep(
                        tx,
                        input,
                        plan.config(),
                        new TurnSql.StepOutcome(
                                progress.stepId,
                                "failed",
                                StopReason.LLM_API_ERROR.word(),
                                null,
                                failure.errorType(),
                                e.detail(),
                                modelNs,
                                null,
                                modelNs),
                        clock.next());
                log.finish(tx, progress.result(StopReason.LLM_API_ERROR, failure));
            }
            return true;
        });
    }

    /** The error_type of a stream (contract 03 §8). */
    static String errorType(ProblemCode kind) {
        return switch (kind) {
            case LLM_AUTHENTICATION -> "llm_authentication";
            case LLM_RATE_LIMIT -> "llm_rate_limit";
            case LLM_TIMEOUT -> "llm_timeout";
            case LLM_BAD_REQUEST, LLM_CONTEXT_WINDOW -> "llm_bad_request";
            case LLM_INSUFFICIENT_CREDITS -> "llm_insufficient_credits";
            default -> "llm_error";
        };
    }

    private void finish(TurnInput input, TurnLog log, TurnResult result) {
        db.of(input.organizationId()).write(tx -> {
            if (log.alive(tx)) {
                log.finish(tx, result);
            }
            return true;
        });
    }
}
