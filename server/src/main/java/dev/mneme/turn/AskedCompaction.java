package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.agent.Agents;
import dev.mneme.agent.CompactionSettings;
import dev.mneme.base.Clock;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.store.Db;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A compaction because somebody asked for it (contract 04 §6, REST). Thread-safe. */
final class AskedCompaction {
    /** The contract's text, word for word (12 §8). */
    private static final String NOT_SMALLER =
            "Summarization failed to reduce the number of messages. You may not have enough messages to compact or need to use a"
                    + " different CompactionSettings (e.g. using `all` mode).";

    /** Below this cut a summary would only take the place of one row. */
    private static final int LEAST_CUT = 3;

    private final Db db;
    private final Clock clock;
    private final Agents agents;
    private final Compactor compactor;

    AskedCompaction(Db db, Clock clock, Agents agents, Compactor compactor) {
        this.db = db;
        this.clock = clock;
        this.agents = agents;
        this.compactor = compactor;
    }

    /**
     * Compacts now, or refuses with the contract's 400 if that would not make the context smaller. An agent's thread that holds nothing but
     * a summary answers with it and equal counts; a conversation refuses then too. A conversation is asked about with its own model.
     */
    Compacted compact(TurnInput asked, @Nullable JsonNode sent) {
        String conversationId = asked.conversationId();
        LlmConfig own =
                conversationId == null ? null : agents.conversations().model(asked.organizationId(), conversationId);
        TurnInput input = own == null ? asked : asked.with(asked.options().withModel(own));
        StepPlan plan = db.of(input.organizationId())
                .read(tx -> StepPlan.of(
                        agents.snapshot(tx, input.agentId(), input.threadId()), input, CallHistory.NONE, clock.now()));
        CompactionSettings settings = CompactionSettings.of(plan.agent().state(), sent);
        List<Message> rows = plan.agent().context();
        if (rows.stream().allMatch(row -> row.role() == Role.SYSTEM || SummaryText.is(row))) {
            if (conversationId != null) {
                throw notSmaller();
            }
            return new Compacted(summaryIn(rows), rows.size(), rows.size());
        }
        Compactor.Job job = new Compactor.Job(
                plan.agent(),
                input.conversationId(),
                plan.request(input),
                ContextLoad.of(rows, plan.request(input), null),
                settings,
                Compactor.Trigger.ASKED,
                1,
                null,
                false,
                null,
                Compactor.Showing.SUMMARY,
                () -> false);
        if (job.cuts().all() < LEAST_CUT) {
            throw notSmaller();
        }
        return switch (compactor.compact(job)) {
            case Compactor.Outcome.Smaller smaller -> store(input, job, smaller);
            case Compactor.Outcome.Failed failed -> throw new Problem(ProblemCode.LLM_ERROR, failed.why());
            case Compactor.Outcome.Nothing nothing -> throw notSmaller();
            case Compactor.Outcome.NoRoom full -> throw notSmaller();
            case Compactor.Outcome.Stopped stopped -> throw notSmaller();
        };
    }

    private Compacted store(TurnInput input, Compactor.Job job, Compactor.Outcome.Smaller smaller) {
        if (smaller.after() >= smaller.before()) {
            throw notSmaller();
        }
        boolean stored = db.of(input.organizationId()).write(tx -> compactor.store(tx, job, smaller));
        if (!stored) {
            throw notSmaller();
        }
        return new Compacted(smaller.summary(), smaller.before(), smaller.after());
    }

    /** The summary that is there already; empty when nothing was ever summarised. */
    private static String summaryIn(List<Message> rows) {
        for (Message row : rows) {
            if (SummaryText.is(row)) {
                return Objects.requireNonNullElse(SummaryText.clean(row), row.text());
            }
        }
        return "";
    }

    private static Problem notSmaller() {
        return new Problem(ProblemCode.INVALID_ARGUMENT, NOT_SMALLER);
    }
}
