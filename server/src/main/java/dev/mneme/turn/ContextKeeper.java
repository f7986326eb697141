package dev.mneme.turn;

import dev.mneme.agent.Agents;
import dev.mneme.agent.CompactionSettings;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ModelRequest;
import dev.mneme.message.Message;
import dev.mneme.message.TurnEvent;
import dev.mneme.message.Usage;
import dev.mneme.store.Db;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the context of a turn within the model's window: looked at before each call, when the provider says that it does not fit, and after
 * each stored step (contract 02 §11, 04 §6; decision 0014). Thread-safe; what a turn has done so far is in its {@link Folds}.
 */
final class ContextKeeper {
    /** No text weighs more than this many times its estimate: below it nobody is asked what was counted. */
    private static final int HEAVIEST = 2;

    private final Db db;
    private final Clock clock;
    private final Agents agents;
    private final Compactor compactor;

    ContextKeeper(Db db, Clock clock, Agents agents, Compactor compactor) {
        this.db = db;
        this.clock = clock;
        this.agents = agents;
        this.compactor = compactor;
    }

    /** Before a call: true when the context was too full for it, so that the step must be planned anew. */
    boolean relieved(Turn turn, StepPlan plan) {
        if (turn.folds().rounds() >= Folds.ROUNDS) {
            return false;
        }
        ModelRequest request = plan.request(turn.input());
        List<Message> rows = plan.agent().context();
        int window = request.config().contextWindow();
        if (ContextLoad.of(rows, request, null).estimated() * HEAVIEST <= window) {
            return false;
        }
        ContextLoad load = ContextLoad.of(rows, request, counted(turn, rows));
        // Compacted in this turn already: only a newer count of the provider is a reason to do it again.
        if (load.tokens() <= window || (turn.folds().done() && load.counted() == null)) {
            return false;
        }
        return folded(turn, job(turn, plan, load, Compactor.Trigger.CONTEXT_WINDOW_EXCEEDED, 1, true));
    }

    /** After a refusal by the provider: true when the step may be tried anew. */
    boolean relieved(Turn turn, StepPlan plan, ModelException refusal) {
        Folds folds = turn.folds();
        if (refusal.kind() != ProblemCode.LLM_CONTEXT_WINDOW || folds.rounds() > Folds.ROUNDS) {
            return false;
        }
        List<Message> rows = plan.agent().context();
        ContextLoad load = ContextLoad.of(rows, plan.request(turn.input()), counted(turn, rows));
        Compactor.Job job = job(turn, plan, load, Compactor.Trigger.CONTEXT_WINDOW_EXCEEDED, folds.rounds() + 1, true);
        return folded(turn, job) || folds.repeat();
    }

    /**
     * Whether a step whose call used this much must be followed by a compaction: once in a turn, and never where the next request begins
     * with an empty context anyway.
     */
    boolean due(Turn turn, StepPlan plan, Usage usage) {
        return !turn.folds().done()
                && !plan.agent().state().messageBufferAutoclear()
                && Compactor.due(usage.totalTokens(), plan.config().contextWindow());
    }

    /** After a stored step that {@link #due} said so of. What it answers ends the turn with that failure. goesOn: with another step. */
    Optional<TurnResult.Failure> relieve(Turn turn, Usage usage, boolean goesOn) {
        TurnInput input = turn.input();
        Optional<StepPlan> planned = db.of(input.organizationId()).read(tx -> {
            boolean alive = TurnSql.agent(tx, input.agentId()) != null;
            return alive
                    ? Optional.of(StepPlan.of(
                            agents.snapshot(tx, input.agentId(), input.threadId()), input, turn.history(), clock.now()))
                    : Optional.empty();
        });
        if (planned.isEmpty()) {
            return Optional.empty();
        }
        StepPlan plan = planned.get();
        ContextLoad load = ContextLoad.of(plan.agent().context(), plan.request(input), usage.totalTokens());
        Compactor.Job job = job(turn, plan, load, Compactor.Trigger.POST_STEP_CONTEXT_CHECK, 1, goesOn);
        if (compactor.obstacle(job) instanceof Compactor.Outcome.NoRoom full) {
            return Optional.of(noRoom(full));
        }
        folded(turn, job);
        return Optional.empty();
    }

    private static TurnResult.Failure noRoom(Compactor.Outcome.NoRoom full) {
        String text = "The system prompt tokens " + full.tokens() + " exceeds the context window " + full.window()
                + ". The tools' schemas are counted in. Shorten the system prompt or the memory blocks, detach tools, or raise"
                + " context_window_limit.";
        return TurnResult.Failure.of(
                new ModelException(ProblemCode.LLM_CONTEXT_WINDOW, text, "CONTEXT_WINDOW_EXCEEDED: " + text, null));
    }

    /** What the provider counted at the last answer in the context; null: unknown, or things have left since. */
    private @Nullable Integer counted(Turn turn, List<Message> rows) {
        Message answer = ContextLoad.lastAnswer(rows);
        String stepId = answer == null ? null : answer.stepId();
        if (stepId == null) {
            return null;
        }
        return db.of(turn.input().organizationId())
                .read(tx -> Optional.ofNullable(TurnSql.counted(tx, stepId)))
                .orElse(null);
    }

    private static Compactor.Job job(
            Turn turn, StepPlan plan, ContextLoad load, Compactor.Trigger trigger, int round, boolean goesOn) {
        return new Compactor.Job(
                plan.agent(),
                turn.input().conversationId(),
                plan.request(turn.input()),
                load,
                CompactionSettings.of(plan.agent().state()),
                trigger,
                round,
                turn.input().runId(),
                goesOn,
                turn.stepId(),
                showing(turn, plan),
                turn.log()::cancelled);
    }

    private static Compactor.Showing showing(Turn turn, StepPlan plan) {
        if (plan.kind().heartbeats()) {
            return Compactor.Showing.NOTHING;
        }
        return turn.options().compactionMessages() ? Compactor.Showing.SUMMARY : Compactor.Showing.MESSAGE;
    }

    /** Compacts and stores. True when the context is smaller now, or the turn was cancelled meanwhile. */
    private boolean folded(Turn turn, Compactor.Job job) {
        if (compactor.obstacle(job) != null) {
            return false;
        }
        if (job.showing() != Compactor.Showing.NOTHING) {
            turn.log()
                    .delta(new TurnEvent.Compacting(
                            IdKind.uuid().toString(),
                            job.trigger().word(),
                            job.before(),
                            job.window(),
                            turn.stepId(),
                            clock.now()));
        }
        turn.folds().mark(job.trigger() == Compactor.Trigger.CONTEXT_WINDOW_EXCEEDED);
        return switch (compactor.compact(job)) {
            case Compactor.Outcome.Smaller smaller -> store(turn, job, smaller);
            case Compactor.Outcome.Stopped stopped -> true;
            case Compactor.Outcome.Nothing nothing -> false;
            case Compactor.Outcome.NoRoom full -> false;
            case Compactor.Outcome.Failed failed -> false;
        };
    }

    private boolean store(Turn turn, Compactor.Job job, Compactor.Outcome.Smaller smaller) {
        boolean stored = db.of(turn.input().organizationId()).write(tx -> {
            if (!turn.log().alive(tx) || !compactor.store(tx, job, smaller)) {
                return false;
            }
            if (job.showing() != Compactor.Showing.NOTHING) {
                turn.log()
                        .record(tx, List.of(new TurnEvent.Summary(smaller.row(), smaller.summary(), smaller.stats())));
            }
            return true;
        });
        if (stored && job.showing() != Compactor.Showing.NOTHING) {
            turn.compacted(smaller.tokens());
        }
        return stored;
    }
}
