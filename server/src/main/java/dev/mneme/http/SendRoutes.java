package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.Agents;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Sha256;
import dev.mneme.llm.Models;
import dev.mneme.message.LlmConfig;
import dev.mneme.run.Desk;
import dev.mneme.run.LogReader;
import dev.mneme.run.LogRecord;
import dev.mneme.run.RunOptions;
import dev.mneme.run.RunResult;
import dev.mneme.run.RunRow;
import dev.mneme.run.Runs;
import dev.mneme.run.Submit;
import dev.mneme.run.Submitted;
import dev.mneme.turn.TurnOptions;
import dev.mneme.turn.TurnResult;
import dev.mneme.wire.LettaResponse;
import dev.mneme.wire.RunView;
import dev.mneme.wire.SendMessages;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Talking to an agent: blocking or as a stream (contract 02 §2, 03 §4, §8). Every send is a run; what is read here is its log. */
final class SendRoutes {
    private static final String PENDING_REQUEST = "pending_request_id";
    private static final String MESSAGES = "/v1/agents/{agent_id:agent}/messages";

    private final Desk desk;
    private final Runs runs;
    private final Models models;
    private final Agents agents;
    private final ImageLinks images;
    private final Clock clock;
    private final Duration quiet;

    /** quiet: how long a stream may be silent before a ping; zero: no pings. */
    SendRoutes(Desk desk, Runs runs, Models models, Agents agents, ImageLinks images, Clock clock, Duration quiet) {
        this.desk = desk;
        this.runs = runs;
        this.models = models;
        this.agents = agents;
        this.images = images;
        this.clock = clock;
        this.quiet = quiet;
    }

    List<Route> routes() {
        return List.of(
                Route.post(MESSAGES, "Says something to an agent; with streaming the answer is a stream of events")
                        .body(SendMessages.class)
                        .gives(LettaResponse.class)
                        .by(this::send),
                Route.post(MESSAGES + "/stream", "Says something to an agent; the answer is a stream of events")
                        .body(SendMessages.class)
                        .by(call -> submit(call, agentOf(call), true)),
                Route.post(MESSAGES + "/async", "Says something to an agent; the answer is the run that goes on behind")
                        .body(SendMessages.class)
                        .gives(RunView.class)
                        .by(this::sendBehind),
                Route.post(MESSAGES + "/preview-raw-payload", "What would be sent to the model, which is not asked")
                        .reach(Route.Reach.READ)
                        .body(SendMessages.class)
                        .by(call -> preview(call, agentOf(call))));
    }

    /** Answers at once with the run; what it does is read from the run. */
    private Answer sendBehind(Call call) {
        Submitted submitted = desk.submit(read(call, agentOf(call), Way.BEHIND));
        RunRow row = runs.get(call.org(), submitted.runId());
        return Answer.ok(RunRoutes.view(submitted.joined() ? row : row.asTaken(), false));
    }

    static SendMessages body(Call call) {
        return call.body(SeedShapes.messages(call.json()), SendMessages.class);
    }

    private Answer send(Call call) {
        SendMessages body = body(call);
        boolean streaming = Boolean.TRUE.equals(body.streaming());
        if (streaming && call.caller() == Caller.LEGACY) {
            throw Problem.unprocessable("streaming=true is only supported for SDK v1.0+ clients.");
        }
        if (!streaming) {
            refuseStreamOptions(body);
        }
        return submit(call, agentOf(call), streaming);
    }

    private static Threads.Place agentOf(Call call) {
        return new Threads.Place(call.at("agent_id"), null);
    }

    private Answer submit(Call call, Threads.Place place, boolean streaming) {
        return submit(call, place, streaming ? Way.STREAM : Way.BLOCKING);
    }

    static void refuseStreamOptions(SendMessages body) {
        refuseOnlyForStreams("stream_tokens", Boolean.TRUE.equals(body.streamTokens()), "true");
        refuseOnlyForStreams("include_pings", Boolean.FALSE.equals(body.includePings()), "false");
        refuseOnlyForStreams("background", Boolean.TRUE.equals(body.background()), "true");
    }

    private static void refuseOnlyForStreams(String option, boolean set, String value) {
        if (set) {
            throw Problem.unprocessable(
                    "Streaming options set without streaming enabled. " + option + " can only be " + value
                            + " when streaming=true. Either set streaming=true or use default values for streaming options.");
        }
    }

    /** How the caller wants its answer. */
    enum Way {
        BLOCKING("send_message", false),
        STREAM("send_message_streaming", true),
        BEHIND("send_message_async", false),
        CONVERSATION("send_conversation_message", false),
        CONVERSATION_STREAM("send_conversation_message", true),
        CHAT("chat_completion", false),
        CHAT_STREAM("chat_completion_streaming", true),
        BATCH("batch", false),
        SCHEDULED("scheduled_message", false);

        private final String runType;
        private final boolean streaming;

        Way(String runType, boolean streaming) {
            this.runType = runType;
            this.streaming = streaming;
        }
    }

    /** What a request asks of the desk. */
    Submit read(Call call, Threads.Place place, Way way) {
        JsonNode json = images.inlined(SeedShapes.messages(call.json()));
        SendMessages body = call.body(json, SendMessages.class);
        MessageInput.Said said = MessageInput.read(body);
        return new Submit(
                call.org(),
                call.user(),
                place.agentId(),
                place.conversationId(),
                said.messages(),
                options(body, json, model(call, place, body), way),
                said.otidKey(),
                hash(call.json(), way),
                isRepeat(call));
    }

    /** The model for this request: its own, or the conversation's; null: the agent's. */
    private @Nullable LlmConfig model(Call call, Threads.Place place, SendMessages body) {
        if (body.overrideModel() != null) {
            return models.of(call.org()).find(body.overrideModel());
        }
        return place.conversationId() == null ? null : agents.conversations().model(call.org(), place.conversationId());
    }

    /** The very request that saying this in a thread would make of the model's provider. */
    Answer preview(Call call, Threads.Place place) {
        boolean streaming = call.json().path("streaming").asBoolean(false);
        return Answer.ok(desk.preview(read(call, place, streaming ? Way.STREAM : Way.BLOCKING)));
    }

    /** Says something in a thread and answers as the caller wants it. */
    Answer submit(Call call, Threads.Place place, Way way) {
        Submit submit = read(call, place, way);
        RunOptions options = submit.options();
        Submitted submitted = desk.submit(submit);
        if (way.streaming) {
            LogReader log = desk.follow(call.org(), submitted.runId(), 0);
            return Answer.stream(out -> copy(log, out, submitted.runId(), options.pings(), options.background(), 0));
        }
        return response(desk.await(call.org(), submitted.runId()), submitted.runId());
    }

    private RunOptions options(SendMessages body, JsonNode json, @Nullable LlmConfig model, Way way) {
        boolean streaming = way.streaming;
        List<String> types = body.includeReturnMessageTypes();
        if (types != null) {
            for (int i = 0; i < types.size(); i++) {
                if (!LettaMessages.TYPES.contains(types.get(i))) {
                    throw new Invalid(Param.notOneOf(
                            List.of("body", "include_return_message_types", i), types.get(i), LettaMessages.TYPES));
                }
            }
        }
        int maxSteps = Objects.requireNonNullElse(body.maxSteps(), TurnOptions.DEFAULT_MAX_STEPS);
        if (maxSteps < 1) {
            throw Problem.unprocessable("max_steps must be 1 or more, not " + maxSteps);
        }
        String system = body.overrideSystem() == null && json.path("system").isTextual()
                ? json.path("system").textValue()
                : body.overrideSystem();
        TurnOptions turn = new TurnOptions(
                maxSteps,
                streaming && Boolean.TRUE.equals(body.streamTokens()),
                model,
                system,
                ApprovalInput.clientTools(body.clientTools()),
                SkillTree.of(body.clientSkills()),
                Boolean.TRUE.equals(body.includeCompactionMessages()),
                Boolean.TRUE.equals(body.returnLogprobs()),
                body.topLogprobs());
        return new RunOptions(
                turn,
                streaming,
                way == Way.BEHIND
                        || way == Way.BATCH
                        || way == Way.SCHEDULED
                        || (streaming && Boolean.TRUE.equals(body.background())),
                streaming && !Boolean.FALSE.equals(body.includePings()),
                !Boolean.FALSE.equals(body.useAssistantMessage()),
                Objects.requireNonNullElse(body.assistantMessageToolName(), LettaMessages.Display.SEND_MESSAGE),
                Objects.requireNonNullElse(body.assistantMessageToolKwarg(), LettaMessages.Display.MESSAGE),
                types,
                body.callbackUrl(),
                metadata(way));
    }

    private static ObjectNode metadata(Way way) {
        ObjectNode out = Json.object().put("run_type", way.runType);
        return way == Way.BEHIND ? out.putNull("lettuce") : out;
    }

    private static boolean isRepeat(Call call) {
        String count = call.header("x-stainless-retry-count");
        return count != null && !count.equals("0");
    }

    /** Tells a repeat of the same request from another one. */
    private static String hash(JsonNode body, Way way) {
        return Sha256.hex(way + "\n" + body);
    }

    static Answer response(RunResult run, String runId) {
        Answer failed = failed(run, runId);
        if (failed != null) {
            return failed;
        }
        return Answer.ok(SseFormat.whole(run));
    }

    /** How a failed run is told to who waited for it; null: it did not fail. */
    static @Nullable Answer failed(RunResult run, String runId) {
        TurnResult.Failure failure = run.result().failure();
        if (failure == null) {
            return null;
        }
        String detail = Objects.requireNonNullElse(failure.detail(), failure.message());
        if (failure.kind().blame() == ProblemCode.Blame.PROVIDER) {
            return Refusals.llm(failure.kind(), failure.message(), detail);
        }
        Problem problem = new Problem(failure.kind(), failure.message());
        // it may have waited in line while the agent came to ask for approval
        String open = failure.pendingRequest();
        throw open == null ? problem.with("run_id", runId) : problem.with(PENDING_REQUEST, open);
    }

    /** What a run wrote, as its caller wants to see it. */
    static List<JsonNode> shown(RunResult run) {
        LettaMessages.Display display = LettaMessages.Display.answer(
                run.options().useAssistantMessage(), run.options().returnTypes());
        return run.rows().stream()
                .filter(row -> !LettaMessages.isHeartbeat(row))
                .flatMap(row -> LettaMessages.of(row, display).stream())
                .map(Json::tree)
                .toList();
    }

    /** Copies a run's log to a reader until it ends; pings while it is quiet. after: number of the last record already seen. */
    void copy(LogReader log, SseWriter out, String runId, boolean pings, boolean numbered, long after) {
        long last = after;
        Duration wait = quiet.isZero() ? Duration.ofMinutes(1) : quiet;
        while (true) {
            LogRecord record = log.next(wait);
            if (record == null) {
                if (log.ended()) {
                    return;
                }
                if (pings && !quiet.isZero()) {
                    Long seq = numbered ? Long.valueOf(last) : null;
                    out.data(Json.write(SseFormat.ping(runId, clock.now(), seq)));
                }
            } else {
                last = record.seq();
                write(record, out);
            }
        }
    }

    private static void write(LogRecord record, SseWriter out) {
        if (record.error()) {
            out.error(record.data());
        } else {
            out.data(record.data());
        }
    }
}
