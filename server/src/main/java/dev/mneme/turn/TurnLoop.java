package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.agent.AgentSnapshot;
import dev.mneme.agent.Agents;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.Models;
import dev.mneme.memory.Recall;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.StopReason;
import dev.mneme.message.ToolCall;
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
    private final Db db;
    private final Clock clock;
    private final Agents agents;
    private final Recall recall;
    private final Asking asking;
    private final ToolRunner tools;
    private final TurnRows rows;
    private final Ledger ledger;
    private final AskedCompaction asked;
    private final ContextKeeper keeper;
    private final Gate gate;

    /** keptPrompts: of how many steps of each agent what the model was sent is kept; 0: of none. */
    public TurnLoop(
            Db db,
            Clock clock,
            Models models,
            Toolbox toolbox,
            Agents agents,
            Recall recall,
            Scope scope,
            int keptPrompts) {
        this.db = db;
        this.clock = clock;
        this.agents = agents;
        this.recall = recall;
        this.tools = new ToolRunner(toolbox, scope);
        this.rows = new TurnRows(clock);
        SentPrompts prompts = new SentPrompts(models, scope, keptPrompts);
        this.asking = new Asking(models, clock, rows, prompts);
        this.ledger = new Ledger(db, clock, recall, rows, keptPrompts);
        Compactor compactor = new Compactor(clock, models, agents, recall, scope);
        this.asked = new AskedCompaction(db, clock, agents, compactor);
        this.keeper = new ContextKeeper(db, clock, agents, compactor);
        this.gate = new Gate(recall, rows);
    }

    /** Refuses a request to an agent that does not exist (404). */
    public void requireAgent(Tx tx, String agentId) {
        if (TurnSql.agent(tx, agentId) == null) {
            throw Problem.notFound("Agent with ID " + agentId + " not found");
        }
    }

    /** Stores the input of a turn and puts it into the context, in the transaction that takes the lease. Returns the first step's id. */
    public String begin(Tx tx, TurnInput input, List<InputMessage> messages) {
        List<Message> rows = gate.input(tx, input, messages);
        List<String> ids = rows.stream().map(Message::id).toList();
        recall.insert(tx, rows);
        TurnSql.AgentKind kind = TurnSql.agent(tx, input.agentId());
        if (kind != null && kind.autoclear() && input.afterAnswer() == null) {
            List<String> all =
                    new ArrayList<>(recall.contextIds(tx, input.threadId()).subList(0, 1));
            all.addAll(ids);
            recall.setContext(tx, input.threadId(), all);
        } else {
            recall.append(tx, input.threadId(), ids);
        }
        return input.firstStepId();
    }

    /** What would be sent to the model first if a turn had this input; nothing is stored and nobody is asked. */
    public JsonNode preview(TurnInput input, List<InputMessage> messages) {
        List<Message> said =
                messages.stream().map(message -> rows.input(input, message)).toList();
        long now = clock.now();
        StepPlan plan = db.of(input.organizationId()).read(tx -> {
            requireAgent(tx, input.agentId());
            return StepPlan.of(
                    agents.snapshot(tx, input.agentId(), input.threadId()).with(said), input, CallHistory.NONE, now);
        });
        return asking.preview(input.organizationId(), plan.request(input));
    }

    /** Marks what a run wrote as said in a group. */
    public void stampGroup(Tx tx, String runId, String groupId) {
        recall.stampGroup(tx, runId, groupId);
    }

    /** The rows of a run, its input first. */
    public List<Message> allRowsOf(Tx tx, String runId) {
        return recall.ofRun(tx, runId);
    }

    /** The rows that a run wrote, without its input. */
    public List<Message> rowsOf(Tx tx, String runId) {
        return recall.ofRun(tx, runId).stream().filter(row -> !row.input()).toList();
    }

    /** Why a request cannot begin on its thread now: calls that wait for an answer, or an answer that does not fit. Null: it can. */
    public @Nullable Problem refusal(Tx tx, String threadId, List<InputMessage> messages) {
        return gate.refusal(tx, threadId, messages);
    }

    /** Keeps what a request had said that was taken in and then refused. at: when it was taken in, microseconds. */
    public void keep(Tx tx, TurnInput input, List<InputMessage> messages, long at) {
        gate.keep(tx, input, messages, at);
    }

    /** The run that asked what a thread waits with, or null when it waits with nothing. */
    public @Nullable String asker(Tx tx, String threadId) {
        return gate.asker(tx, threadId);
    }

    /**
     * Ends the open request of a thread as if every call had been denied. The caller holds the thread's lease.
     *
     * @return the run that had asked; null when nothing waits
     */
    public @Nullable String deny(Tx tx, String threadId, String reason) {
        return gate.deny(tx, threadId, reason);
    }

    /** Makes a thread usable whatever an interrupted run left: a call at its end without a return gets one that says so. */
    public void repair(Tx tx, TurnInput input) {
        gate.repair(tx, input);
    }

    /** Runs a turn to its end. Returns without finishing the log only when the agent was deleted meanwhile. */
    public void run(TurnInput input, TurnLog log) {
        Turn turn = new Turn(input, log);
        boolean more = input.afterAnswer() == null || settle(turn, input.afterAnswer());
        while (more) {
            if (log.cancelled()) {
                ledger.finish(turn, StopReason.CANCELLED);
                return;
            }
            more = step(turn);
        }
    }

    /**
     * Compacts the context of a thread whose lease the caller holds.
     *
     * @param input names the thread and who asks; it belongs to no run
     * @param sent settings for this one time, as in the agent's JSON; null: the agent's own
     */
    public Compacted compact(TurnInput input, @Nullable JsonNode sent) {
        return asked.compact(input, sent);
    }

    /** Does what the answer to an approval request released; false when the turn is over. */
    private boolean settle(Turn turn, List<InputMessage> followUps) {
        Optional<StepPlan> planned = plan(turn);
        if (planned.isEmpty()) {
            return false;
        }
        StepPlan plan = planned.get();
        Approvals.Meaning.Answer answer =
                Gate.answer(plan.agent().context(), turn.input().runId());
        if (answer == null) {
            // repeated: it was settled before, and what came with it is in the context
            return true;
        }
        turn.countAnswer();
        Approvals.Settled settled = Approvals.settle(answer);
        List<ToolRunner.Prepared> prepared =
                tools.prepare(settled.toRun(), plan, turn.history(), context(turn.input(), plan));
        Next next = settled.denied() && !turn.log().cancelled()
                ? Next.afterDenial(plan.kind(), turn.spent())
                : next(turn, plan, made(settled, prepared), prepared);
        Ledger.Answered answered =
                new Ledger.Answered(answer.pending().request().stepId(), settled.closed(), prepared, followUps, next);
        return ledger.storeAnswer(turn, plan, answered) && next.goesOn();
    }

    /** All calls that were made, by the client too, as far as they decide what follows. */
    private static List<Next.Made> made(Approvals.Settled settled, List<ToolRunner.Prepared> prepared) {
        List<Next.Made> out = new ArrayList<>();
        settled.closed().forEach(one -> out.add(ToolRunner.made(one.call())));
        prepared.forEach(call -> out.add(call.made()));
        return out;
    }

    /** One step; false when the turn is over. */
    private boolean step(Turn turn) {
        Optional<StepPlan> planned = plan(turn);
        if (planned.isEmpty()) {
            return false;
        }
        StepPlan plan = planned.get();
        if (keeper.relieved(turn, plan)) {
            return true;
        }
        String rowId = IdKind.MESSAGE.next();
        long before = System.nanoTime();
        Asking.Answer asked;
        try {
            asked = asking.ask(turn, plan, rowId);
        } catch (ModelException e) {
            if (keeper.relieved(turn, plan, e)) {
                return true;
            }
            ledger.fail(turn, plan.config(), e, System.nanoTime() - before);
            return false;
        }
        long modelNs = System.nanoTime() - before;
        if (asked == null) {
            ledger.finish(turn, StopReason.CANCELLED);
            return false;
        }
        plan = plan.answeredBy(asked.by());
        ModelEvent.Done answer = asked.done();
        turn.count(answer, plan.kind());
        if (!answer.calls().isEmpty()) {
            return callTools(turn, plan, answer, rowId, modelNs, before);
        }
        if (!plan.textEnds()) {
            ledger.fail(turn, plan.config(), noCall(), StopReason.NO_TOOL_CALL, answer.usage(), modelNs);
            return false;
        }
        return saidText(turn, plan, answer, rowId, modelNs, before);
    }

    /** What an agent that works by calls did wrong when it only talked (contract 02 §6). */
    private static ModelException noCall() {
        return new ModelException(
                ProblemCode.LLM_ERROR,
                "An error occurred with the LLM request.",
                "No tool calls found in response, model must make a tool call",
                null);
    }

    private Optional<StepPlan> plan(Turn turn) {
        TurnInput input = turn.input();
        long now = clock.now();
        return db.of(input.organizationId()).read(tx -> {
            if (TurnSql.agent(tx, input.agentId()) == null) {
                return Optional.empty();
            }
            AgentSnapshot agent = agents.snapshot(tx, input.agentId(), input.threadId());
            if (turn.steps() == 0 && answersApproval(agent, input)) {
                turn.goesOnFrom(CallHistory.since(agent.context()));
            }
            return Optional.of(StepPlan.of(agent, input, turn.history(), now));
        });
    }

    private static boolean answersApproval(AgentSnapshot agent, TurnInput input) {
        return agent.context().stream()
                .anyMatch(row -> row.role() == Role.APPROVAL && input.runId().equals(row.runId()));
    }

    private boolean saidText(
            Turn turn, StepPlan plan, ModelEvent.Done answer, String rowId, long modelNs, long before) {
        boolean silent = answer.content().stream()
                .allMatch(
                        part -> part instanceof Content.Text text && text.text().isEmpty());
        List<Message> said = silent
                ? List.of()
                : List.of(
                        rows.assistant(turn.input(), plan.config(), turn.stepId(), rowId, answer.content(), List.of()));
        List<String> uncalled =
                plan.specs().isEmpty() ? List.of() : plan.rules().uncalled(plan.attached(), turn.history());
        Next next = Next.afterText(answer.truncated(), uncalled, turn.spent());
        Ledger.Step step = new Ledger.Step(said, List.of(), null, modelNs, before, next);
        return store(turn, plan, step, answer.usage());
    }

    /**
     * Stores a step and says whether the turn goes on with another. A context that is too full by then is compacted, before the run ends if
     * it does.
     */
    private boolean store(Turn turn, StepPlan plan, Ledger.Step step, Usage usage) {
        boolean full = keeper.due(turn, plan, usage);
        boolean more =
                ledger.store(turn, plan, step, usage, !full) && step.next().goesOn();
        if (full) {
            boolean waits = step.stop() == StopReason.REQUIRES_APPROVAL;
            Optional<TurnResult.Failure> failure = keeper.relieve(turn, usage, more || waits);
            if (failure.isPresent()) {
                ledger.fail(turn, StopReason.CONTEXT_WINDOW_OVERFLOW_IN_SYSTEM_PROMPT, failure.get());
                return false;
            }
            if (step.stop() != null) {
                ledger.finish(turn, step.stop());
            }
        }
        turn.nextStep();
        return more;
    }

    private boolean callTools(
            Turn turn, StepPlan plan, ModelEvent.Done answer, String rowId, long modelNs, long before) {
        List<ToolCall> counting = plan.counting(answer.calls());
        Approvals.Split split = Approvals.split(counting, plan::waits);
        if (!split.waiting().isEmpty()) {
            return ask(turn, plan, answer, split, rowId, modelNs, before);
        }
        long toolsBefore = System.nanoTime();
        List<ToolRunner.Prepared> prepared = tools.prepare(counting, plan, turn.history(), context(turn.input(), plan));
        Next next = next(
                turn, plan, prepared.stream().map(ToolRunner.Prepared::made).toList(), prepared);
        List<Content> content = answer.content();
        if (plan.kind().heartbeats()) {
            String thought = prepared.getFirst().thought();
            content = CallShape.thoughts(content, thought, plan.config().hidesThoughts());
            prepared =
                    prepared.stream().map(call -> call.decided(next.goesOn())).toList();
        }
        List<ToolCall> calls = prepared.stream().map(ToolRunner.Prepared::call).toList();
        Message row = rows.assistant(turn.input(), plan.config(), turn.stepId(), rowId, content, calls);
        Ledger.Step step =
                new Ledger.Step(List.of(row), prepared, System.nanoTime() - toolsBefore, modelNs, before, next);
        return store(turn, plan, step, answer.usage());
    }

    /** Stores calls that wait for an answer from outside, and ends the run with that. Always false: the turn is over. */
    private boolean ask(
            Turn turn,
            StepPlan plan,
            ModelEvent.Done answer,
            Approvals.Split split,
            String rowId,
            long modelNs,
            long before) {
        boolean cancelled = turn.log().cancelled();
        List<Message> asked = cancelled ? List.of() : gate.asked(turn, plan, answer, split, rowId);
        Next next = Next.ends(cancelled ? StopReason.CANCELLED : StopReason.REQUIRES_APPROVAL);
        return store(turn, plan, new Ledger.Step(asked, List.of(), null, modelNs, before, next), answer.usage());
    }

    /** @param made all calls that count for what follows; prepared: those that were run here */
    private static Next next(Turn turn, StepPlan plan, List<Next.Made> made, List<ToolRunner.Prepared> prepared) {
        if (turn.log().cancelled()) {
            return Next.ends(StopReason.CANCELLED);
        }
        CallHistory history = turn.history();
        for (ToolRunner.Prepared call : prepared) {
            switch (call.verdict()) {
                case RUNS -> history = history.plus(call.call().name(), "");
                case BROKE_RULE -> {}
                case BAD_PREFILL -> {
                    return Next.ends(StopReason.INVALID_TOOL_CALL);
                }
            }
        }
        return Next.afterCalls(plan.kind(), plan.rules(), made, history, plan.attached(), turn.spent());
    }

    private ToolContext context(TurnInput input, StepPlan plan) {
        return new ToolContext(
                input.organizationId(),
                input.userId(),
                input.runId(),
                input.agentId(),
                input.threadId(),
                input.conversationId(),
                plan.agent().state().timezone(),
                clock.now());
    }
}
