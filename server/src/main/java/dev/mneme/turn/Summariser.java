package dev.mneme.turn;

import dev.mneme.agent.CompactionSettings;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scope;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelStream;
import dev.mneme.llm.Models;
import dev.mneme.llm.Patience;
import dev.mneme.llm.Weight;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a model write the summary of a stretch of history (contract 04 §6). Thread-safe.
 *
 * <p>What does not fit the summariser's own window is cut into parts that do; their summaries are summarised again. A summariser that cannot
 * be called makes room for the agent's own model. Nothing is thrown: what went wrong is part of the answer.
 */
final class Summariser {
    private static final Logger LOG = LoggerFactory.getLogger(Summariser.class);

    /** How far off the estimate may be (contract 04 §2). */
    private static final double CAUTION = 1.3;

    /** Share of the summariser's window that its answer may take. */
    private static final int ANSWER_SHARE = 4;

    /** Tokens of transcript below which a part is not worth a call. */
    private static final int LEAST_PART = 200;

    /** Parts of one transcript; of a longer one the middle is left out. */
    private static final int MOST_PARTS = 48;

    /** Parts that are summarised at the same time, so that a provider is not flooded. */
    private static final int AT_ONCE = 4;

    /** How often summaries of parts are summarised again. */
    private static final int DEEPEST = 3;

    /** How often parts are halved when the summariser still finds them too long. */
    private static final int HALVINGS = 3;

    private static final String PROMISE =
            "Understood, I will respond with a summary of the message (and only the summary,"
                    + " nothing else) once I receive the conversation history. I'm ready.";

    private static final String PAUSE = "I understand. Let me summarize.";

    private final Models models;
    private final Scope scope;

    Summariser(Models models, Scope scope) {
        this.models = models;
        this.scope = scope;
    }

    /**
     * What is to be summarised, and by whom.
     *
     * @param organizationId whose keys are used
     * @param agent the agent's own request, as its next step would make it
     * @param leaving the rows that leave the context
     * @param cancelled looked at between calls and between tokens
     */
    record Task(
            String organizationId,
            CompactionSettings settings,
            CompactionSettings.Mode mode,
            ModelRequest agent,
            List<Message> leaving,
            BooleanSupplier cancelled) {}

    /** What came of it. */
    sealed interface Result {
        record Written(String summary) implements Result {}

        /** why: for people. tooLong: the summariser's window was the reason. */
        record Failed(String why, boolean tooLong) implements Result {}

        /** Somebody stopped the turn. */
        record Stopped() implements Result {}
    }

    Result summarise(Task task) {
        if (task.mode().self()) {
            return bySelf(task);
        }
        LlmConfig own = quiet(task.agent().config());
        LlmConfig chosen = chosen(task);
        if (chosen != null) {
            Result result = byTranscript(task, chosen);
            if (!(result instanceof Result.Failed failed) || same(chosen, own)) {
                return result;
            }
            LOG.info("Summariser {} failed, the agent's own model is asked: {}", name(chosen), failed.why());
        }
        return byTranscript(task, own);
    }

    private @Nullable LlmConfig chosen(Task task) {
        CompactionSettings settings = task.settings();
        try {
            return quiet(settings.tuned(models.of(task.organizationId()).resolve(settings.model())));
        } catch (Problem | ModelException e) {
            // A handle that nobody knows here: the agent's own model does it.
            LOG.debug("Summariser {} cannot be used: {}", settings.model(), e.getMessage());
            return null;
        }
    }

    /** Without thinking: a summary is no riddle, and thoughts take room. */
    private LlmConfig quiet(LlmConfig config) {
        return models.reasoning(config, false);
    }

    private static boolean same(LlmConfig a, LlmConfig b) {
        return name(a).equals(name(b));
    }

    private static String name(LlmConfig config) {
        return config.handle() == null ? config.model() : config.handle();
    }

    /** The agent's own request up to the cut, and the wish for a summary as its last message. */
    private Result bySelf(Task task) {
        ModelRequest agent = task.agent();
        List<Message> history =
                new ArrayList<>(agent.history().subList(0, task.leaving().size()));
        if (history.isEmpty() || history.getLast().role() != Role.ASSISTANT) {
            history.add(row(Role.ASSISTANT, PAUSE));
        }
        history.add(row(Role.USER, task.settings().prompt(task.mode())));
        return call(
                task,
                new ModelRequest(
                        agent.config(),
                        agent.system(),
                        history,
                        agent.tools(),
                        ModelRequest.ToolChoice.AUTO,
                        agent.parallel(),
                        streams(agent.config()),
                        agent.agentId(),
                        agent.userId(),
                        agent.timezone(),
                        agent.agentType()));
    }

    private Result byTranscript(Task task, LlmConfig config) {
        String timezone = task.agent().timezone();
        int budget = budget(task, config);
        int returns = Integer.MAX_VALUE;
        Result result = new Result.Failed("the window of " + name(config) + " is too small for a summary", true);
        for (int i = 0; i <= HALVINGS && budget >= LEAST_PART; i++) {
            result = parts(task, config, Transcript.lines(task.leaving(), config, timezone, returns), budget, 0);
            if (!(result instanceof Result.Failed failed) || !failed.tooLong()) {
                return result;
            }
            budget /= 2;
            returns = Transcript.SHORT_RETURN;
        }
        return result;
    }

    /** Tokens of transcript that one call of this model takes. */
    private static int budget(Task task, LlmConfig config) {
        int window = config.contextWindow();
        int answer = window / ANSWER_SHARE;
        if (config.maxTokens() != null) {
            answer = Math.min(answer, config.maxTokens());
        }
        int frame = Weight.of(task.settings().prompt(task.mode()))
                + Weight.of(PROMISE)
                + Weight.of(Transcript.framed(List.of(), 1, 1));
        return (int) ((window - answer) / CAUTION) - frame;
    }

    private Result parts(Task task, LlmConfig config, List<String> lines, int budget, int depth) {
        List<String> kept = Transcript.withoutMiddle(lines, (long) budget * (depth < DEEPEST ? MOST_PARTS / 2 : 1));
        List<List<String>> chunks = Transcript.chunks(kept, budget);
        if (chunks.size() <= 1) {
            return ask(task, config, Transcript.framed(chunks.isEmpty() ? List.of() : chunks.getFirst()));
        }
        if (depth >= DEEPEST) {
            List<String> rest = Transcript.chunks(Transcript.withoutMiddle(kept, budget / 2), budget)
                    .getFirst();
            return ask(task, config, Transcript.framed(rest));
        }
        List<String> summaries = new ArrayList<>();
        for (int from = 0; from < chunks.size(); from += AT_ONCE) {
            List<Callable<Result>> some = new ArrayList<>();
            for (int i = from; i < Math.min(chunks.size(), from + AT_ONCE); i++) {
                String text = Transcript.framed(chunks.get(i), i + 1, chunks.size());
                some.add(() -> ask(task, config, text));
            }
            for (Result result : scope.all(some)) {
                if (!(result instanceof Result.Written written)) {
                    return result;
                }
                summaries.add("[summary of part " + (summaries.size() + 1) + "] " + written.summary());
            }
        }
        return parts(task, config, summaries, budget, depth + 1);
    }

    private Result ask(Task task, LlmConfig config, String text) {
        List<Message> history = new ArrayList<>();
        if (task.settings().acknowledgement()) {
            history.add(row(Role.ASSISTANT, PROMISE));
        }
        history.add(row(Role.USER, text));
        ModelRequest agent = task.agent();
        return call(
                task,
                new ModelRequest(
                        config,
                        task.settings().prompt(task.mode()),
                        history,
                        List.of(),
                        ModelRequest.ToolChoice.AUTO,
                        false,
                        streams(config),
                        agent.agentId(),
                        agent.userId(),
                        agent.timezone()));
    }

    /** Anthropic's long answers must be streamed; other requests are the dialect's usual ones (contract 04 §6). */
    private static boolean streams(LlmConfig config) {
        return config.modelEndpointType().equals("anthropic");
    }

    private Result call(Task task, ModelRequest request) {
        BooleanSupplier cancelled = task.cancelled();
        if (cancelled.getAsBoolean()) {
            return new Result.Stopped();
        }
        try (ModelStream stream =
                models.of(task.organizationId()).open(request, new Patience(cancelled, retry -> {}))) {
            while (!cancelled.getAsBoolean()) {
                if (stream.next() instanceof ModelEvent.Done done) {
                    return written(request, done);
                }
            }
            return new Result.Stopped();
        } catch (ModelException e) {
            return new Result.Failed(e.detail(), e.kind() == ProblemCode.LLM_CONTEXT_WINDOW);
        } catch (Problem e) {
            // Its provider is not set up as the call would need it.
            return new Result.Failed(e.detail(), false);
        }
    }

    private static Result written(ModelRequest request, ModelEvent.Done done) {
        StringBuilder out = new StringBuilder();
        for (Content part : done.content()) {
            if (part instanceof Content.Text text) {
                out.append(text.text());
            }
        }
        String summary = out.toString().strip();
        return summary.isEmpty()
                ? new Result.Failed(name(request.config()) + " answered without a summary", false)
                : new Result.Written(summary);
    }

    /** A message of the request that is stored nowhere. */
    private static Message row(Role role, String text) {
        return new Message(
                IdKind.MESSAGE.next(),
                "",
                null,
                role,
                List.of(new Content.Text(text)),
                List.of(),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                0);
    }
}
