package dev.mneme.http;

import dev.mneme.base.Json;
import dev.mneme.memory.Recall;
import dev.mneme.run.Runs;
import dev.mneme.run.SentPrompt;
import dev.mneme.run.StepFilter;
import dev.mneme.run.StepRow;
import dev.mneme.wire.LettaMessage;
import dev.mneme.wire.ProviderTrace;
import dev.mneme.wire.StepFeedback;
import dev.mneme.wire.StepMetrics;
import dev.mneme.wire.StepView;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Steps: one model call each (contract 12.3). That listing them failed on the retired server is not copied. */
final class StepRoutes {
    private static final List<String> VERDICTS = List.of("positive", "negative");
    private static final Param<String> AGENT = Param.text("agent_id", "steps of this agent");
    private static final Param<String> MODEL = Param.text("model", "calls of this model");
    private static final Param<String> FEEDBACK = Param.maybeChoice("feedback", VERDICTS, "what people think of it");
    private static final Param<Boolean> HAS_FEEDBACK =
            Param.maybe("has_feedback", "whether anybody said what they think");
    private static final Param<List<String>> TAGS = Param.many("tags", "steps with any of these tags");
    private static final Param<List<String>> TRACES =
            Param.many("trace_ids", "steps of these traces, as a run's trace names them");
    private static final Param<String> PROJECT = Param.text("project_id", "steps of agents of this project");
    private static final Param<String> FROM = Param.time("start_date", "not before");
    private static final Param<String> UNTIL = Param.time("end_date", "before");
    private static final Param<Integer> LIMIT = Paging.limit(50);
    private static final Param<Integer> MESSAGES = Paging.limit(100);
    private static final String STEP = "/v1/steps/{step_id:step}";

    private final Runs runs;
    private final Recall recall;

    StepRoutes(Runs runs, Recall recall) {
        this.runs = runs;
        this.recall = recall;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/steps", "Steps, newest first")
                        .takes(AGENT, MODEL, FEEDBACK, HAS_FEEDBACK, TAGS, TRACES, PROJECT, FROM, UNTIL)
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ORDER_BY)
                        .givesList(StepView.class)
                        .by(this::list),
                Route.get(STEP, "One step").gives(StepView.class).by(call -> Answer.ok(view(step(call), call.org()))),
                Route.get(STEP + "/metrics", "How long a step took")
                        .gives(StepMetrics.class)
                        .by(this::metrics),
                Route.get(STEP + "/trace", "What was sent to the provider; null when it is not kept")
                        .by(this::trace),
                Route.get("/v1/telemetry/{step_id}", "As the trace of a step")
                        .hidden()
                        .by(this::trace),
                Route.get(STEP + "/messages", "The messages of a step")
                        .takes(Paging.BEFORE, Paging.AFTER, MESSAGES, Paging.ASC, Paging.ORDER_BY)
                        .givesList(LettaMessage.class)
                        .by(this::messages),
                Route.patch(STEP + "/feedback", "Says what you think of a step")
                        .body(StepFeedback.class)
                        .gives(StepView.class)
                        .by(this::feedback));
    }

    private StepRow step(Call call) {
        return runs.step(call.org(), call.at("step_id"));
    }

    private Answer list(Call call) {
        StepFilter filter = new StepFilter(
                call.maybe(AGENT),
                null,
                call.maybe(MODEL),
                call.maybe(FEEDBACK),
                call.maybe(HAS_FEEDBACK),
                call.at(TAGS),
                call.at(TRACES),
                call.maybe(PROJECT),
                micros(call.maybe(FROM)),
                micros(call.maybe(UNTIL)),
                call.maybe(Paging.AFTER),
                call.maybe(Paging.BEFORE),
                call.at(Paging.DESC).equals("asc"),
                call.at(LIMIT));
        return Answer.ok(runs.steps(call.org(), filter).stream()
                .map(step -> view(step, call.org()))
                .toList());
    }

    /** Microseconds of a time that was checked when it was read; null stays null. */
    static @Nullable Long micros(@Nullable String time) {
        return time == null ? null : Param.micros(time, ZoneOffset.UTC);
    }

    static StepView view(StepRow step, String org) {
        var completion = Json.object().put("reasoning_tokens", known(step.reasoningTokens()));
        var prompt = Json.object()
                .put("cached_tokens", known(step.cachedInputTokens()))
                .put("cache_read_tokens", known(step.cachedInputTokens()))
                .put("cache_creation_tokens", known(step.cacheWriteTokens()));
        return new StepView(
                step.id(),
                null,
                org,
                null,
                step.runId(),
                step.agentId(),
                step.providerName(),
                step.providerCategory(),
                step.model(),
                step.modelHandle(),
                step.modelEndpoint(),
                step.contextWindowLimit(),
                step.completionTokens(),
                step.promptTokens(),
                step.totalTokens(),
                counted(step.cachedInputTokens()),
                counted(step.cacheWriteTokens()),
                counted(step.reasoningTokens()),
                completion,
                prompt,
                step.stopReason(),
                step.tags(),
                null,
                null,
                null,
                List.of(),
                step.feedback(),
                step.projectId(),
                step.errorType(),
                step.errorData(),
                step.status());
    }

    /** Beside the details, none is not counted: null (contract 12.3). */
    private static @Nullable Integer counted(@Nullable Integer tokens) {
        return tokens == null || tokens == 0 ? null : tokens;
    }

    private static int known(@Nullable Integer tokens) {
        return Objects.requireNonNullElse(tokens, 0);
    }

    private Answer metrics(Call call) {
        StepRow step = step(call);
        return Answer.ok(new StepMetrics(
                step.id(),
                call.org(),
                null,
                step.runId(),
                step.agentId(),
                null,
                null,
                step.llmRequestNs(),
                step.toolExecutionNs(),
                step.stepNs(),
                null,
                null,
                step.projectId()));
    }

    private Answer trace(Call call) {
        SentPrompt sent = runs.sent(call.org(), call.at("step_id")).orElse(null);
        if (sent == null) {
            return Answer.nothing();
        }
        StepRow step = sent.step();
        var usage = Json.object()
                .put("prompt_tokens", step.promptTokens())
                .put("completion_tokens", step.completionTokens())
                .put("total_tokens", step.totalTokens());
        var response = Json.object().put("stop_reason", step.stopReason());
        response.set("usage", usage);
        response.set(
                "messages",
                Json.tree(LettaMessages.of(recall.ofStep(call.org(), step.id()), LettaMessages.Display.plain(null))));
        return Answer.ok(new ProviderTrace(
                step.id().replaceFirst("^step-", "provider_trace-"),
                Times.zulu(step.createdAt()),
                sent.request(),
                response,
                step.id(),
                step.agentId(),
                step.runId(),
                "agent_step",
                call.org()));
    }

    private Answer messages(Call call) {
        List<LettaMessage> all =
                LettaMessages.of(recall.ofStep(call.org(), call.at("step_id")), LettaMessages.Display.plain(null));
        List<LettaMessage> ordered = call.at(Paging.ASC).equals("asc") ? all : all.reversed();
        String after = call.maybe(Paging.AFTER);
        // pieces share the id of their row: the next page begins after the last piece of the cursor's row
        int start = 0;
        for (int i = 0; i < ordered.size(); i++) {
            if (ordered.get(i).envelope().id().equals(after)) {
                start = i + 1;
            }
        }
        return Answer.ok(ordered.stream().skip(start).limit(call.at(MESSAGES)).toList());
    }

    private Answer feedback(Call call) {
        StepFeedback verdict = call.body(StepFeedback.class);
        String feedback = verdict.feedback();
        if (feedback != null && !VERDICTS.contains(feedback)) {
            throw new Invalid(Param.notOneOf(List.of("body", "feedback"), feedback, VERDICTS));
        }
        return Answer.ok(view(runs.feedback(call.org(), call.at("step_id"), feedback, verdict.tags()), call.org()));
    }
}
