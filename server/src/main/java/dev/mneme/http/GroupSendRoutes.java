package dev.mneme.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.StopReason;
import dev.mneme.message.Usage;
import dev.mneme.run.Desk;
import dev.mneme.run.GroupTalk;
import dev.mneme.run.LogReader;
import dev.mneme.run.LogRecord;
import dev.mneme.run.RunResult;
import dev.mneme.run.Submit;
import dev.mneme.run.Talk;
import dev.mneme.wire.LettaResponse;
import dev.mneme.wire.SendMessages;
import dev.mneme.wire.StopView;
import dev.mneme.wire.UsageView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Talking to a whole group (decision 0016): what its members say one after the other is one answer. */
final class GroupSendRoutes {
    private static final String MESSAGES = "/v1/groups/{group_id:group}/messages";

    /** The group stands in the path; which agents answer is its own affair. */
    private static final Threads.Place NOBODY = new Threads.Place("", null);

    private static final Duration WAIT = Duration.ofMinutes(1);

    private final SendRoutes send;
    private final GroupTalk talks;
    private final Desk desk;
    private final Clock clock;
    private final Duration quiet;

    /** quiet: how long a stream may be silent before a ping; zero: no pings. */
    GroupSendRoutes(SendRoutes send, GroupTalk talks, Desk desk, Clock clock, Duration quiet) {
        this.send = send;
        this.talks = talks;
        this.desk = desk;
        this.clock = clock;
        this.quiet = quiet;
    }

    List<Route> routes() {
        return List.of(
                Route.post(MESSAGES, "Says something to a group; its members answer one after the other")
                        .body(SendMessages.class)
                        .gives(LettaResponse.class)
                        .by(call -> say(
                                call, Boolean.TRUE.equals(SendRoutes.body(call).streaming()))),
                Route.post(MESSAGES + "/stream", "Says something to a group; the answers are one stream of events")
                        .body(SendMessages.class)
                        .by(call -> say(call, true)));
    }

    private Answer say(Call call, boolean streaming) {
        Submit asked = send.read(call, NOBODY, streaming ? SendRoutes.Way.STREAM : SendRoutes.Way.BLOCKING);
        Talk talk = talks.begin(
                new GroupTalk.Opening(call.org(), call.user(), call.at("group_id"), asked.messages(), asked.options()));
        return streaming
                ? Answer.stream(
                        out -> copy(call.org(), talk, out, asked.options().pings()))
                : whole(call.org(), talk);
    }

    /** What all turns together come to. */
    private static final class Sum {
        private Usage usage = Usage.NONE;
        private int steps;
        private StopReason reason = StopReason.END_TURN;
        private @Nullable Integer contextTokens;
        private final List<String> backgroundRuns = new ArrayList<>();

        void add(RunResult run) {
            usage = steps == 0 ? run.result().usage() : usage.plus(run.result().usage());
            steps += run.result().steps();
            reason = run.result().reason();
            contextTokens = run.result().contextTokens();
            backgroundRuns.addAll(run.backgroundRuns());
        }

        StopView stop() {
            return new StopView("stop_reason", reason.word());
        }

        UsageView usage() {
            return SseFormat.usage(usage, steps, contextTokens, backgroundRuns, false);
        }
    }

    private Answer whole(String org, Talk talk) {
        List<JsonNode> messages = new ArrayList<>();
        Sum sum = new Sum();
        for (int i = 0; !talk.endsBefore(i); i++) {
            Talk.Speech speech = null;
            while (speech == null && !talk.endsBefore(i)) {
                speech = talk.next(i, WAIT);
            }
            if (speech == null) {
                break;
            }
            RunResult run = desk.await(org, speech.runId());
            if (run.result().failure() != null) {
                // who asks again at once is not told that the group still talks
                talk.awaitEnd();
                return SendRoutes.response(run, speech.runId());
            }
            for (JsonNode message : SseFormat.whole(run).messages()) {
                messages.add(message instanceof ObjectNode object ? signed(object, speech) : message);
            }
            sum.add(run);
        }
        Problem problem = talk.problem();
        if (problem != null) {
            throw problem;
        }
        return Answer.ok(new LettaResponse(messages, sum.stop(), sum.usage(), null, null));
    }

    private void copy(String org, Talk talk, SseWriter out, boolean pings) {
        Sum sum = new Sum();
        Duration wait = quiet.isZero() ? WAIT : quiet;
        String last = null;
        boolean failed = false;
        for (int i = 0; !talk.endsBefore(i); i++) {
            Talk.Speech speech = null;
            while (speech == null && !talk.endsBefore(i)) {
                speech = talk.next(i, wait);
                if (speech == null && last != null && !talk.endsBefore(i)) {
                    ping(out, last, pings);
                }
            }
            if (speech == null) {
                break;
            }
            last = speech.runId();
            copy(org, speech, out, wait, pings);
            RunResult run = desk.await(org, speech.runId());
            failed |= run.result().failure() != null;
            sum.add(run);
        }
        out.data(Json.write(sum.stop()));
        Problem problem = talk.problem();
        if (problem != null && !failed) {
            out.error(Json.write(Json.object()
                    .put("message_type", "error_message")
                    .put("run_id", last)
                    .put("error_type", "internal_error")
                    .put("message", problem.detail())
                    .put("detail", problem.detail())
                    .putNull("seq_id")));
        } else if (!failed) {
            out.data(Json.write(sum.usage()));
        }
        out.data(LogRecord.DONE);
    }

    /** One turn's records, without its own end: that of the talk comes once. */
    private void copy(String org, Talk.Speech speech, SseWriter out, Duration wait, boolean pings) {
        LogReader log = desk.follow(org, speech.runId(), 0);
        while (!log.ended()) {
            LogRecord record = log.next(wait);
            if (record == null) {
                if (!log.ended()) {
                    ping(out, speech.runId(), pings);
                }
            } else if (record.error()) {
                out.error(record.data());
            } else if (!record.data().equals(LogRecord.DONE)) {
                pass(record.data(), speech, out);
            }
        }
    }

    private static void pass(String data, Talk.Speech speech, SseWriter out) {
        ObjectNode event;
        try {
            event = (ObjectNode) Json.parse(data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of " + speech.runId() + " is no JSON", e);
        }
        switch (event.path("message_type").asText()) {
            case "stop_reason", "usage_statistics" -> {
                // told once, when the last member has spoken
            }
            case "ping" -> out.data(data);
            default -> out.data(Json.write(signed(event, speech)));
        }
    }

    private void ping(SseWriter out, String runId, boolean pings) {
        if (pings && !quiet.isZero()) {
            out.data(Json.write(SseFormat.ping(runId, clock.now(), null)));
        }
    }

    /** Says whose words these are. */
    private static ObjectNode signed(ObjectNode message, Talk.Speech speech) {
        return message.put("sender_id", speech.agentId()).put("name", speech.agentName());
    }
}
