package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.memory.MessageQuery;
import dev.mneme.memory.Recall;
import dev.mneme.message.StopReason;
import dev.mneme.message.Usage;
import dev.mneme.run.Desk;
import dev.mneme.run.LogReader;
import dev.mneme.run.RunFilter;
import dev.mneme.run.RunOptions;
import dev.mneme.run.RunRow;
import dev.mneme.run.Runs;
import dev.mneme.run.StepFilter;
import dev.mneme.wire.LettaMessage;
import dev.mneme.wire.RetrieveStream;
import dev.mneme.wire.RunMetrics;
import dev.mneme.wire.RunUsage;
import dev.mneme.wire.RunView;
import dev.mneme.wire.StepView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Runs: what became of each request, and its stream once more (contract 03 §7, §9, 12.3). */
final class RunRoutes {
    private static final List<String> STATUSES = List.of("created", "running", "completed", "failed", "cancelled");
    private static final List<String> ACTIVE = List.of("created", "running");
    /** Steps of one run that are counted for its metrics and usage: above any step budget. */
    private static final int ALL_STEPS = 10_000;

    private static final Param<String> AGENT = Param.text("agent_id", "runs of this agent");
    private static final Param<List<String>> AGENTS = Param.many("agent_ids", "runs of any of these agents");
    private static final Param<List<String>> STATUS = Param.many("statuses", "any of " + String.join(", ", STATUSES));
    private static final Param<Boolean> BACKGROUND = Param.maybe("background", "background runs, or the others");
    private static final Param<String> STOP = Param.maybeChoice(
            "stop_reason",
            Arrays.stream(StopReason.values()).map(StopReason::word).toList(),
            "why it ended");
    private static final Param<String> CONVERSATION = Param.text("conversation_id", "runs of this conversation");
    private static final Param<Boolean> ONLY_ACTIVE =
            Param.flag("active", false, "created and running ones; only without statuses");
    private static final Param<Integer> LIMIT = Paging.limit(100, 1, 1000);
    private static final Param<Integer> PAGE = Paging.limit(100);
    private static final Param<Integer> SPANS = Paging.limit(1000, 1, 5000);
    private static final String RUN = "/v1/runs/{run_id}";

    private static final Param<String> ONE = Param.text("run_id", "this run");
    private static final Param<String> FAMILY =
            Param.text("template_family", "runs of agents with this base_template_id");
    private static final Param<Integer> STEPS =
            Param.maybeWhole("step_count", 0, Integer.MAX_VALUE, "runs of so many steps");
    private static final Param<String> STEPS_HOW =
            Param.choice("step_count_operator", "eq", List.of("eq", "gte", "lte"), "how step_count is meant");
    private static final Param<List<String>> TOOLS =
            Param.many("tools_used", "runs that called any of these tools, by id or name");
    private static final Param<String> BY = Param.choice(
            "order_by",
            "created_at",
            List.of("created_at", "duration"),
            "what to sort by; runs that have not ended are the shortest");
    private static final Param<String> PROJECT = Param.text("project_id", "runs of agents of this project");
    private static final Param<Integer> PERCENTILE = Param.maybeWhole(
            "duration_percentile", 1, 100, "runs slower than this percentile of what the other filters leave");
    private static final Param<Long> DURATION =
            Param.maybeLong("duration_value", "nanoseconds, with duration_operator: runs that took so long");
    private static final Param<String> DURATION_HOW =
            Param.maybeChoice("duration_operator", List.of("gt", "lt", "eq"), "how duration_value is meant");
    private static final Param<String> FROM = Param.time("start_date", "created then or later");
    private static final Param<String> UNTIL = Param.time("end_date", "created then or before");

    private final Runs runs;
    private final Desk desk;
    private final Recall recall;
    private final SendRoutes streams;

    RunRoutes(Runs runs, Desk desk, Recall recall, SendRoutes streams) {
        this.runs = runs;
        this.desk = desk;
        this.recall = recall;
        this.streams = streams;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/runs", "Runs, newest first")
                        .takes(AGENT, AGENTS, STATUS, BACKGROUND, STOP, CONVERSATION, ONLY_ACTIVE)
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ASCENDING, Paging.ORDER_BY)
                        .givesList(RunView.class)
                        .by(call -> list(call, RunFilter.Measures.NONE)),
                Route.get("/v1/_internal_runs", "Runs by what they did and how long they took, newest first")
                        .takes(ONE, AGENT, AGENTS, STATUS, BACKGROUND, STOP, CONVERSATION, ONLY_ACTIVE)
                        .takes(
                                FAMILY,
                                PROJECT,
                                STEPS,
                                STEPS_HOW,
                                TOOLS,
                                PERCENTILE,
                                DURATION,
                                DURATION_HOW,
                                FROM,
                                UNTIL)
                        .takes(Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ASCENDING, BY)
                        .givesList(RunView.class)
                        .by(call -> list(call, measures(call))),
                Route.get("/v1/runs/active", "Runs that are waiting or running")
                        .takes(AGENT, AGENTS, BACKGROUND)
                        .givesList(RunView.class)
                        .by(this::active),
                Route.get(RUN, "One run").gives(RunView.class).by(call -> Answer.ok(view(run(call), false))),
                Route.delete(RUN, "Forgets a run that has ended, its stream and its steps; its messages stay")
                        .gives(RunView.class)
                        .by(this::delete),
                Route.get(RUN + "/messages", "The messages of a run, its input first")
                        .takes(Paging.BEFORE, Paging.AFTER, PAGE, Paging.ASC, Paging.ORDER_BY)
                        .givesList(LettaMessage.class)
                        .by(this::messages),
                Route.get(RUN + "/usage", "Tokens of a run")
                        .gives(RunUsage.class)
                        .by(this::usage),
                Route.get(RUN + "/metrics", "How long a run took")
                        .gives(RunMetrics.class)
                        .by(this::metrics),
                Route.get(RUN + "/steps", "The steps of a run, newest first")
                        .takes(Paging.BEFORE, Paging.AFTER, PAGE, Paging.DESC, Paging.ORDER_BY)
                        .givesList(StepView.class)
                        .by(this::steps),
                Route.get(RUN + "/trace", "Where the time of a run went, as spans")
                        .takes(SPANS)
                        .by(this::trace),
                Route.post(RUN + "/stream", "The stream of a background run, from a record on")
                        .reach(Route.Reach.READ)
                        .optionalBody(RetrieveStream.class)
                        .by(this::stream));
    }

    private RunRow run(Call call) {
        String id = call.at("run_id");
        if (!IdKind.RUN.fits(id)) {
            throw Param.malformed(IdKind.RUN, id);
        }
        return runs.get(call.org(), id);
    }

    private Answer delete(Call call) {
        RunRow row = run(call);
        runs.delete(call.org(), row.id());
        return Answer.ok(view(row, false));
    }

    private Answer trace(Call call) {
        RunRow row = run(call);
        return Answer.ok(
                RunTrace.of(row, runs.steps(call.org(), StepFilter.ofRun(row.id(), null, null, true, ALL_STEPS)))
                        .stream()
                        .limit(call.at(SPANS))
                        .toList());
    }

    private static RunFilter.Measures measures(Call call) {
        Integer steps = call.maybe(STEPS);
        Long duration = call.maybe(DURATION);
        String how = call.maybe(DURATION_HOW);
        if ((duration == null) != (how == null)) {
            throw Problem.invalid("duration_value and duration_operator are given together or not at all");
        }
        return new RunFilter.Measures(
                call.maybe(ONE),
                call.maybe(PROJECT),
                call.maybe(FAMILY),
                steps == null ? null : bound(call.at(STEPS_HOW), steps),
                call.at(TOOLS),
                StepRoutes.micros(call.maybe(FROM)),
                StepRoutes.micros(call.maybe(UNTIL)),
                call.maybe(PERCENTILE),
                duration == null || how == null ? null : bound(how, duration),
                call.at(BY).equals("duration"));
    }

    private static RunFilter.Bound bound(String word, long value) {
        return new RunFilter.Bound(RunFilter.Comparison.valueOf(word.toUpperCase(Locale.ROOT)), value);
    }

    private Answer list(Call call, RunFilter.Measures measures) {
        List<String> statuses = call.at(STATUS);
        for (String status : statuses) {
            if (!STATUSES.contains(status)) {
                throw new Problem(ProblemCode.INVALID_ARGUMENT, "'" + status + "' is not a valid RunStatus");
            }
        }
        List<String> wanted = statuses.isEmpty() && call.at(ONLY_ACTIVE) ? ACTIVE : statuses;
        // ascending=true counts even beside the default order (contract 03 §7)
        boolean ascending = Paging.ascending(call, Paging.DESC) || Boolean.TRUE.equals(call.maybe(Paging.ASCENDING));
        return views(runs.list(
                call.org(),
                new RunFilter(
                        agents(call),
                        wanted,
                        call.maybe(BACKGROUND),
                        call.maybe(STOP),
                        call.maybe(CONVERSATION),
                        call.maybe(Paging.AFTER),
                        call.maybe(Paging.BEFORE),
                        ascending,
                        call.at(LIMIT),
                        measures)));
    }

    private Answer active(Call call) {
        RunFilter filter = new RunFilter(
                agents(call), ACTIVE, call.maybe(BACKGROUND), null, null, null, null, false, call.at(LIMIT));
        return views(runs.list(call.org(), filter));
    }

    private static List<String> agents(Call call) {
        List<String> agents = new ArrayList<>(call.at(AGENTS));
        String one = call.maybe(AGENT);
        if (one != null) {
            agents.add(one);
        }
        return agents;
    }

    private static Answer views(List<RunRow> rows) {
        return Answer.ok(rows.stream().map(row -> view(row, true)).toList());
    }

    /** listed: lists carry the durations, single runs leave them to their metrics (contract 12.3). */
    static RunView view(RunRow row, boolean listed) {
        RunOptions how = row.options();
        ObjectNode config = Json.object()
                .put("use_assistant_message", how.useAssistantMessage())
                .put("assistant_message_tool_name", how.assistantToolName())
                .put("assistant_message_tool_kwarg", how.assistantToolArgument());
        List<String> types = how.returnTypes();
        config.set("include_return_message_types", types == null ? NullNode.getInstance() : Json.tree(types));
        return new RunView(
                row.id(),
                row.status(),
                Times.zulu(row.createdAt()),
                Times.zuluOrNull(row.completedAt()),
                row.agentId(),
                row.conversationId(),
                null,
                row.background(),
                metadata(row),
                config,
                row.stopReason(),
                row.callbackUrl(),
                Times.zuluOrNull(row.callbackSentAt()),
                row.callbackStatusCode(),
                row.callbackError(),
                listed ? row.ttftNs() : null,
                listed ? row.totalDurationNs() : null);
    }

    /** With why it failed, unless that stands there already: a text for who waited, the whole object of the stream for who read one. */
    private static JsonNode metadata(RunRow row) {
        JsonNode error = row.error();
        if (error == null || row.metadata().has("error") || !(row.metadata() instanceof ObjectNode given)) {
            return row.metadata();
        }
        ObjectNode out = given.deepCopy();
        if (row.streaming()) {
            out.putObject("error")
                    .put("message_type", "error_message")
                    .put("run_id", row.id())
                    .put("error_type", error.path("errorType").asText())
                    .put("message", error.path("message").asText())
                    .set("detail", error.path("detail"));
        } else {
            JsonNode detail = error.path("detail");
            out.set("error", detail.isTextual() ? detail : error.path("message"));
        }
        return out;
    }

    /** Streams are kept for some hours; the messages of a run stay. */
    void refuseExpired(RunRow row) {
        if (row.ended() && runs.logGone(row.id())) {
            throw new Problem(
                    ProblemCode.EXPIRED,
                    "EXPIRED: The stream of run " + row.id() + " is no longer kept. What it wrote is at GET /v1/runs/"
                            + row.id() + "/messages.");
        }
    }

    private Answer messages(Call call) {
        RunRow row = run(call);
        MessageQuery query = new MessageQuery(
                null,
                null,
                null,
                row.id(),
                call.maybe(Paging.BEFORE),
                call.maybe(Paging.AFTER),
                call.at(PAGE),
                call.at(Paging.ASC).equals("asc"),
                MessageQuery.Style.RUN);
        LettaMessages.Display display = LettaMessages.Display.answer(
                row.options().useAssistantMessage(), row.options().returnTypes());
        return Answer.ok(LettaMessages.of(recall.list(call.org(), query), display));
    }

    private Answer usage(Call call) {
        RunRow.RunUsage usage = run(call).usage();
        Usage tokens = usage == null ? Usage.NONE : usage.tokens();
        return Answer.ok(
                new RunUsage(tokens.completionTokens(), tokens.promptTokens(), tokens.totalTokens(), null, null));
    }

    private Answer metrics(Call call) {
        RunRow row = run(call);
        int steps = runs.steps(call.org(), StepFilter.ofRun(row.id(), null, null, true, ALL_STEPS))
                .size();
        List<String> used = runs.toolsUsed(call.org(), row.id());
        Long start = row.startedAt() == null ? null : Long.valueOf(row.startedAt() * 1_000);
        return Answer.ok(new RunMetrics(
                row.id(),
                call.org(),
                row.agentId(),
                null,
                start,
                row.totalDurationNs(),
                steps,
                used.isEmpty() ? null : used,
                null,
                null));
    }

    private Answer steps(Call call) {
        StepFilter filter = StepFilter.ofRun(
                run(call).id(),
                call.maybe(Paging.AFTER),
                call.maybe(Paging.BEFORE),
                call.at(Paging.DESC).equals("asc"),
                call.at(PAGE));
        return Answer.ok(runs.steps(call.org(), filter).stream()
                .map(step -> StepRoutes.view(step, call.org()))
                .toList());
    }

    private Answer stream(Call call) {
        RetrieveStream how = call.body(Binder.orEmpty(call.json()), RetrieveStream.class);
        RunRow row = run(call);
        if (!row.background()) {
            throw Problem.invalid("Run was not created in background mode, so it cannot be retrieved.");
        }
        refuseExpired(row);
        long after = how.startingAfter() == null ? 0 : Math.max(0, how.startingAfter());
        boolean pings = !Boolean.FALSE.equals(how.includePings());
        LogReader log = desk.follow(call.org(), row.id(), after);
        return Answer.stream(out -> streams.copy(log, out, row.id(), pings, false, after));
    }
}
