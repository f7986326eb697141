package dev.mneme.turn;

import dev.mneme.agent.AgentSnapshot;
import dev.mneme.agent.Agents;
import dev.mneme.agent.CompactionSettings;
import dev.mneme.agent.CompactionSettings.Mode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Scope;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.Models;
import dev.mneme.llm.Weight;
import dev.mneme.memory.Prompt;
import dev.mneme.memory.Recall;
import dev.mneme.memory.Times;
import dev.mneme.message.CompactionStats;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.store.Tx;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a context smaller: its older part leaves and a summary takes its place (contract 04 §6). Thread-safe.
 *
 * <p>It always comes to an end that fits or to a clear no: a summariser that fails is followed by the next in the chain, and by dropping the
 * oldest whole turns at last, with a note. Nothing is stored while a model is asked; {@link #store} does it in one transaction.
 */
final class Compactor {
    private static final Logger LOG = LoggerFactory.getLogger(Compactor.class);

    /** Share of the window above which a stored step is followed by a compaction (contract 04 §6). */
    private static final double THRESHOLD = 0.9;

    /** Tokens of a summary that are worth having. */
    private static final int LEAST_SUMMARY = 100;

    /** After this time no further summariser is tried. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Clock clock;
    private final Agents agents;
    private final Recall recall;
    private final Summariser summariser;

    Compactor(Clock clock, Models models, Agents agents, Recall recall, Scope scope) {
        this.clock = clock;
        this.agents = agents;
        this.recall = recall;
        this.summariser = new Summariser(models, scope);
    }

    /** Why a context is compacted; the words of the contract's {@code trigger}. */
    enum Trigger {
        POST_STEP_CONTEXT_CHECK,
        /** The next call would not fit, or the provider said so. */
        CONTEXT_WINDOW_EXCEEDED,
        /** Somebody asked for it; no word on the wire. */
        ASKED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What readers of a run see of a compaction. */
    enum Showing {
        /** An event, then the summary, stored under a role of its own. */
        SUMMARY,
        /** The packed text as a user's message, stored as such. */
        MESSAGE,
        /** Nothing: agents that work by calls (contract 04 §6). */
        NOTHING
    }

    /**
     * What is to be made smaller.
     *
     * @param request the agent's own request as its next step would make it
     * @param load how full the context is
     * @param round counts from 1: each further one leaves less, the last ones without asking for more
     * @param runId the run whose waiting input stays, null: none
     * @param goesOn whether that run's turn goes on afterwards: then it keeps its own rows if they leave room
     * @param stepId the step that the summary row belongs to, null: none
     * @param showing what readers of the run see of it
     */
    record Job(
            AgentSnapshot agent,
            @Nullable String conversationId,
            ModelRequest request,
            ContextLoad load,
            CompactionSettings settings,
            Trigger trigger,
            int round,
            @Nullable String runId,
            boolean goesOn,
            @Nullable String stepId,
            Showing showing,
            BooleanSupplier cancelled) {
        int window() {
            return request.config().contextWindow();
        }

        /** Tokens before, as they are shown; null: nobody has counted yet. */
        @Nullable
        Integer before() {
            Integer counted = load.counted();
            return counted == null || trigger == Trigger.POST_STEP_CONTEXT_CHECK
                    ? counted
                    : Integer.valueOf((int) load.tokens());
        }

        /** What an estimate is multiplied by. A provider that says it does not fit weighs a window at least. */
        private double scale() {
            return trigger == Trigger.CONTEXT_WINDOW_EXCEEDED
                    ? Math.max(load.scale(), window() / (double) Math.max(1, load.estimated()))
                    : load.scale();
        }

        ContextCut cuts() {
            return new ContextCut(load.rows(), load.weights(), runId);
        }
    }

    /** What came of it. */
    sealed interface Outcome {
        /**
         * A smaller context, not stored yet.
         *
         * @param leaving ids of the rows that leave
         * @param summary without its packing
         * @param tokens of the next request, by the estimate
         */
        record Smaller(
                Message row,
                Set<String> leaving,
                String summary,
                @Nullable CompactionStats stats,
                int tokens,
                int before,
                int after)
                implements Outcome {}

        /** There is nothing that could leave. */
        record Nothing() implements Outcome {}

        /** What no compaction can take away fills the window alone. */
        record NoRoom(int tokens, int window) implements Outcome {}

        /** The turn was cancelled meanwhile. */
        record Stopped() implements Outcome {}

        /** No summary could be had, and nobody waits for room: nothing is dropped then. */
        record Failed(String why) implements Outcome {}
    }

    /** Whether a stored step must be followed by a compaction. total: tokens of its model call as the provider counted them. */
    static boolean due(int total, int window) {
        return total > (int) (THRESHOLD * window);
    }

    /** Why this cannot be done at all; null: it can. */
    @Nullable
    Outcome obstacle(Job job) {
        int fixed = (int) (job.load().fixed() * job.scale());
        if (job.trigger() == Trigger.POST_STEP_CONTEXT_CHECK && fixed >= job.window()) {
            return new Outcome.NoRoom(fixed, job.window());
        }
        return job.cuts().all() == ContextCut.NONE ? new Outcome.Nothing() : null;
    }

    /** Asks for the summary. Nothing is stored yet. */
    Outcome compact(Job job) {
        Outcome obstacle = obstacle(job);
        return obstacle == null ? new Folding(job).outcome() : obstacle;
    }

    /** One compaction under way. */
    private final class Folding {
        private final Job job;
        private final double scale;
        private final ContextCut cuts;
        private final long started = System.nanoTime();
        private String trouble = "";

        Folding(Job job) {
            this.job = job;
            this.scale = job.scale();
            this.cuts = job.cuts();
        }

        Outcome outcome() {
            for (Mode mode : chain()) {
                if (System.nanoTime() - started > PATIENCE.toNanos()) {
                    break;
                }
                int cut = mode.sliding() ? cuts.sliding(job.settings().share(), goal()) : all();
                if (cut == ContextCut.NONE || (mode.sliding() && room(cut) < LEAST_SUMMARY)) {
                    continue;
                }
                switch (summariser.summarise(new Summariser.Task(
                        job.agent().state().organizationId(),
                        job.settings(),
                        mode,
                        job.request(),
                        job.load().rows().subList(1, cut),
                        job.cancelled()))) {
                    case Summariser.Result.Written written -> {
                        return smaller(cut, mode.sliding(), written.summary());
                    }
                    case Summariser.Result.Failed failed -> trouble = failed.why();
                    case Summariser.Result.Stopped stopped -> {
                        return new Outcome.Stopped();
                    }
                }
            }
            return job.trigger() == Trigger.ASKED ? new Outcome.Failed(trouble) : dropped();
        }

        private int all() {
            return job.goesOn() ? cuts.before(goal()) : cuts.all();
        }

        /** Which ways are tried, one after the other (contract 04 §6). */
        private List<Mode> chain() {
            return switch (job.round()) {
                case 1, 2 ->
                    switch (job.settings().mode()) {
                        case SLIDING_WINDOW -> List.of(Mode.SLIDING_WINDOW, Mode.ALL);
                        case ALL -> List.of(Mode.ALL);
                        case SELF_COMPACT_SLIDING_WINDOW -> List.of(Mode.SELF_COMPACT_SLIDING_WINDOW, Mode.ALL);
                        case SELF_COMPACT_ALL ->
                            List.of(Mode.SELF_COMPACT_ALL, Mode.SELF_COMPACT_SLIDING_WINDOW, Mode.ALL);
                    };
                case 3 -> List.of(Mode.ALL);
                default -> List.of();
            };
        }

        /** Tokens of the rows that may stay, by the estimate; half of them in each further round. */
        private long goal() {
            double wanted = (1 - job.settings().share()) * job.window() / scale
                    - job.load().fixed();
            return (long) (wanted / job.round());
        }

        /** Tokens that are left for the summary, by the estimate. */
        private long room(int cut) {
            return (long) (THRESHOLD * job.window() / scale) - job.load().fixed() - cuts.from(cut);
        }

        /** The oldest turns leave without a summary: no summariser could be had, or nothing else helped. */
        private Outcome dropped() {
            int cut = job.round() > 3 ? cuts.all() : cuts.turns(goal());
            List<Message> leaving = job.load().rows().subList(1, cut);
            String earlier = SummaryText.is(leaving.getFirst()) ? SummaryText.clean(leaving.getFirst()) : null;
            int without = leaving.size() - (earlier == null ? 0 : 1);
            LOG.warn(
                    "Thread {}: {} messages leave the context without a summary. {}",
                    job.agent().threadId(),
                    without,
                    trouble);
            String note = "(" + without + " messages could not be summarised"
                    + (trouble.isEmpty() ? "" : ": " + SummaryText.clipped(trouble, 200))
                    + ". They are kept in recall memory; search the conversation to read them.)";
            return smaller(
                    cut,
                    cut < job.load().rows().size(),
                    earlier == null ? note : fitting(earlier, room(cut)) + "\n" + note);
        }

        private Outcome smaller(int cut, boolean sliding, String text) {
            List<Message> rows = job.load().rows();
            Integer limit = job.settings().clipChars();
            String summary = fitting(limit == null ? text : SummaryText.clipped(text, limit), room(cut));
            int after = rows.size() - cut + 2;
            int tokens = (int)
                    Math.round((job.load().fixed() + cuts.from(cut) + Weight.of(summary) + LEAST_SUMMARY) * scale);
            CompactionStats stats = job.load().counted() == null || job.trigger() == Trigger.ASKED
                    ? null
                    : new CompactionStats(
                            job.trigger().word(), (int) job.load().tokens(), tokens, job.window(), rows.size(), after);
            Set<String> leaving = new HashSet<>();
            rows.subList(1, cut).forEach(row -> leaving.add(row.id()));
            return new Outcome.Smaller(
                    row(rows, cut, SummaryText.of(summary, sliding, cut - 1, now(), stats)),
                    leaving,
                    summary,
                    stats,
                    tokens,
                    rows.size(),
                    after);
        }

        /** The text with at most this many tokens, but always some. */
        private String fitting(String text, long tokens) {
            long most = Math.max(LEAST_SUMMARY, tokens);
            int weight = Weight.of(text);
            return weight <= most ? text : SummaryText.clipped(text, (int) (text.length() * most / weight));
        }

        private String now() {
            return Times.spoken(clock.now(), Times.zone(job.agent().state().timezone()));
        }

        /** The summary row; in lists it stands before input that waits (contract 03 §2). */
        private Message row(List<Message> rows, int cut, String text) {
            String runId = job.runId();
            boolean waits = runId != null
                    && cut < rows.size()
                    && rows.get(cut).input()
                    && runId.equals(rows.get(cut).runId());
            boolean told = job.showing() != Showing.NOTHING;
            return new Message(
                    IdKind.MESSAGE.next(),
                    job.agent().state().id(),
                    job.conversationId(),
                    job.showing() == Showing.SUMMARY ? Role.SUMMARY : Role.USER,
                    List.of(new Content.Text(text)),
                    List.of(),
                    List.of(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    told ? job.stepId() : null,
                    told ? runId : null,
                    false,
                    null,
                    waits ? rows.get(cut).createdAt() - 1 : clock.next());
        }
    }

    /**
     * Puts the summary in the place of the rows that leave and compiles the prompt anew. False when they have left by themselves: somebody
     * emptied the context meanwhile, and nothing is changed. Rows that came meanwhile stay.
     */
    boolean store(Tx tx, Job job, Outcome.Smaller smaller) {
        String threadId = job.agent().threadId();
        if (!recall.fold(tx, threadId, smaller.leaving(), smaller.row())) {
            return false;
        }
        AgentSnapshot now = agents.snapshot(tx, job.agent().state().id(), threadId);
        Message system = now.context().getFirst();
        String prompt = Prompt.compile(now.promptParts(job.conversationId(), clock.now()))
                .text();
        recall.replaceContent(tx, system.id(), List.of(new Content.Text(prompt)));
        return true;
    }
}
