package dev.mneme.turn;

import dev.mneme.agent.Agents;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.Scope;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.Models;
import dev.mneme.memory.Recall;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.StopReason;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.Toolbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    private final Agents agents;
    private final Recall recall;
    private final Asking asking;
    private final ToolRunner tools;
    private final TurnRows rows;
    private final Ledger ledger;

    public TurnLoop(Db db, Clock clock, Models models, Toolbox toolbox, Agents agents, Recall recall, Scope scope) {
        this.db = db;
        this.clock = clock;
        this.agents = agents;
        this.recall = recall;
        this.asking = new Asking(models, clock);
        this.tools = new ToolRunner(toolbox, scope);
        this.rows = new TurnRows(clock);
        this.ledger = new Ledger(db, clock, recall, rows);
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
        String conversation = threadId.equals(agentId) ? null : threadId;
        Message row = rows.tool(agentId, conversation, last.stepId(), runId, last.toolCalls(), returns);
        recall.insert(tx, List.of(row));
        recall.append(tx, threadId, List.of(row.id()));
    }

    /** Runs a turn to its end. Returns without finishing the log only when the agent was deleted meanwhile. */
    public void run(TurnInput input, TurnLog log) {
        Turn turn = new Turn(input, log);
        boolean more = true;
        while (more) {
            if (log.cancelled()) {
                ledger.finish(turn, StopReason.CANCELLED);
                return;
            }
            more = step(turn);
        }
    }

    /** One step; false when the turn is over. */
    private boolean step(Turn turn) {
        Optional<StepPlan> planned = plan(turn.input());
        if (planned.isEmpty()) {
            return false;
        }
        StepPlan plan = planned.get();
        String rowId = IdKind.MESSAGE.next();
        long before = System.nanoTime();
        ModelEvent.Done answer;
        try {
            answer = asking.ask(turn, plan, rowId);
        } catch (ModelException e) {
            ledger.fail(turn, plan.config(), e, System.nanoTime() - before);
            return false;
        }
        long modelNs = System.nanoTime() - before;
        if (answer == null) {
            ledger.finish(turn, StopReason.CANCELLED);
            return false;
        }
        turn.count(answer.usage());
        return answer.calls().isEmpty()
                ? saidText(turn, plan, answer, rowId, modelNs, before)
                : callTools(turn, plan, answer, rowId, modelNs, before);
    }

    private Optional<StepPlan> plan(TurnInput input) {
        long now = clock.now();
        return db.of(input.organizationId()).read(tx -> {
            if (TurnSql.agent(tx, input.agentId()) == null) {
                return Optional.empty();
            }
            return Optional.of(StepPlan.of(agents.snapshot(tx, input.agentId(), input.threadId()), input, now));
        });
    }

    private boolean saidText(
            Turn turn, StepPlan plan, ModelEvent.Done answer, String rowId, long modelNs, long before) {
        List<Message> said = TurnRules.silent(answer)
                ? List.of()
                : List.of(
                        rows.assistant(turn.input(), plan.config(), turn.stepId(), rowId, answer.content(), List.of()));
        StopReason reason = TurnRules.afterText(answer);
        ledger.store(turn, plan, new Ledger.Step(said, List.of(), null, modelNs, before, reason), answer.usage());
        return false;
    }

    private boolean callTools(
            Turn turn, StepPlan plan, ModelEvent.Done answer, String rowId, long modelNs, long before) {
        List<ToolCall> calls = plan.rules().counting(answer.calls(), plan.parallel());
        long toolsBefore = System.nanoTime();
        List<ToolRunner.Prepared> prepared =
                tools.prepare(calls, plan.toolsByName(), plan.rules(), context(turn.input(), plan));
        List<ToolCall> clean = prepared.stream().map(ToolRunner.Prepared::call).toList();
        Message row = rows.assistant(turn.input(), plan.config(), turn.stepId(), rowId, answer.content(), clean);
        StopReason stop = turn.log().cancelled()
                ? StopReason.CANCELLED
                : plan.rules().afterCalls(clean, turn.steps(), turn.options().maxSteps());
        Ledger.Step step =
                new Ledger.Step(List.of(row), prepared, System.nanoTime() - toolsBefore, modelNs, before, stop);
        if (!ledger.store(turn, plan, step, answer.usage())) {
            return false;
        }
        turn.nextStep();
        return stop == null;
    }

    private ToolContext context(TurnInput input, StepPlan plan) {
        return new ToolContext(
                input.organizationId(),
                input.agentId(),
                input.threadId(),
                input.conversationId(),
                plan.agent().state().timezone(),
                clock.now());
    }
}
