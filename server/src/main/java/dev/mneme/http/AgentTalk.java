package dev.mneme.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.message.Content;
import dev.mneme.message.Role;
import dev.mneme.message.StopReason;
import dev.mneme.run.Desk;
import dev.mneme.run.LogReader;
import dev.mneme.run.LogRecord;
import dev.mneme.run.RunOptions;
import dev.mneme.run.RunResult;
import dev.mneme.run.Runs;
import dev.mneme.run.Submit;
import dev.mneme.turn.InputMessage;
import dev.mneme.turn.TurnResult;
import java.time.Duration;
import java.util.List;

/** Talking to agents over MCP: a message is a run like any other, and whoever has no more time asks for its reply later. Thread-safe. */
final class AgentTalk {
    /** Seconds that a call waits by itself: many clients give up after 60. */
    private static final int STANDARD_WAIT = 50;
    /** Seconds that a call may wait at most. */
    private static final int LONGEST_WAIT = 3_600;
    /** Longest silence on a stream: shorter than the patience of proxies, and soon enough to see that nobody reads any more. */
    private static final Duration QUIET = Duration.ofSeconds(5);

    private static final ToolInput.Field AGENT = ToolInput.Field.id("agent_id", IdKind.AGENT, "Id of the agent.");
    private static final ToolInput.Field RUN =
            ToolInput.Field.id("run_id", IdKind.RUN, "The run_id that send_message gave.");
    private static final ToolInput.Field WAIT = ToolInput.Field.whole(
            "wait_seconds",
            STANDARD_WAIT,
            0,
            LONGEST_WAIT,
            "How long to wait for the reply. The agent goes on after that; await_reply gets the reply later.");

    private final Desk desk;
    private final Runs runs;

    AgentTalk(Desk desk, Runs runs) {
        this.desk = desk;
        this.runs = runs;
    }

    List<AgentTool> tools() {
        return List.of(
                new AgentTool(
                        "send_message",
                        "Talk to an agent",
                        "Says something to an agent and waits for its reply. The agent remembers earlier conversations."
                                + " When it needs longer than wait_seconds, the answer has status 'running' and a run_id for await_reply.",
                        List.of(
                                AGENT,
                                ToolInput.Field.text("message", "What to say to the agent.")
                                        .must(),
                                WAIT),
                        Route.Reach.WRITE,
                        true,
                        this::send),
                new AgentTool(
                        "await_reply",
                        "Wait for a reply",
                        "Waits for the reply to an earlier send_message that was still running.",
                        List.of(RUN, WAIT),
                        Route.Reach.READ,
                        true,
                        (call, input, watcher) -> {
                            String runId =
                                    runs.get(call.org(), input.text("run_id")).id();
                            return reply(call, runId, input, watcher);
                        }));
    }

    private AgentTool.Result send(Call call, ToolInput input, AgentTool.Watcher watcher) {
        if (input.text("message").isBlank()) {
            throw Problem.invalid("message must not be blank.");
        }
        InputMessage message = new InputMessage(
                Role.USER,
                List.of(new Content.Text(input.text("message"))),
                IdKind.uuid().toString(),
                null,
                null,
                null);
        RunOptions options = RunOptions.blocking().withMetadata(Json.object().put("run_type", "mcp_send_message"));
        String runId = desk.submit(new Submit(
                        call.org(),
                        call.user(),
                        input.text("agent_id"),
                        null,
                        List.of(message),
                        options,
                        null,
                        "",
                        false))
                .runId();
        try {
            return reply(call, runId, input, watcher);
        } catch (SseWriter.Gone e) {
            if (watcher.stopsWork()) {
                desk.cancel(call.org(), List.of(runId));
            }
            throw e;
        }
    }

    private AgentTool.Result reply(Call call, String runId, ToolInput input, AgentTool.Watcher watcher) {
        LogReader log = desk.follow(call.org(), runId, 0);
        long until = System.nanoTime() + Duration.ofSeconds(input.whole(WAIT)).toNanos();
        while (!log.ended()) {
            long left = until - System.nanoTime();
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return running(runId);
            }
            LogRecord record = log.next(Duration.ofNanos(Math.min(left, QUIET.toNanos())));
            if (record == null) {
                watcher.quiet();
            } else {
                watcher.happened(said(record));
            }
        }
        return ended(desk.await(call.org(), runId));
    }

    /** What a record of the log tells somebody who waits; empty: nothing. */
    private static String said(LogRecord record) {
        try {
            JsonNode event = Json.parse(record.data());
            return switch (event.path("message_type").asText()) {
                case "tool_call_message", "approval_request_message" ->
                    "calls " + event.path("tool_call").path("name").asText();
                case "tool_return_message" -> event.path("name").asText("a tool") + " has answered";
                case "reasoning_message" -> "thinks";
                case "assistant_message" -> "speaks";
                default -> "";
            };
        } catch (JsonProcessingException e) {
            // the mark of the end
            return "";
        }
    }

    private static AgentTool.Result running(String runId) {
        ObjectNode data = Json.object().put("run_id", runId).put("status", "running");
        return new AgentTool.Result(
                "The agent is still at work. Call await_reply with run_id " + runId + " to get its reply.",
                data,
                false);
    }

    private static AgentTool.Result ended(RunResult run) {
        StringBuilder reply = new StringBuilder();
        for (JsonNode message : SendRoutes.shown(run)) {
            if (message.path("message_type").asText().equals("assistant_message")) {
                reply.append(reply.isEmpty() ? "" : "\n\n")
                        .append(message.path("content").asText());
            }
        }
        StopReason reason = run.result().reason();
        ObjectNode data = Json.object()
                .put("run_id", run.runId())
                .put("status", reason.runStatus())
                .put("stop_reason", reason.word())
                .put("reply", reply.toString());
        TurnResult.Failure failure = run.result().failure();
        if (failure != null) {
            String detail = failure.detail() == null || failure.detail().equals(failure.message())
                    ? ""
                    : " " + failure.detail();
            return new AgentTool.Result("The agent failed: " + failure.message() + detail, data, true);
        }
        if (reason == StopReason.REQUIRES_APPROVAL) {
            reply.append(reply.isEmpty() ? "" : "\n\n")
                    .append("(The agent waits until a person approves what it wants to do. Run: ")
                    .append(run.runId())
                    .append(")");
        } else if (reason == StopReason.CANCELLED) {
            return new AgentTool.Result("The agent was stopped before it was done.", data, true);
        } else if (reply.isEmpty()) {
            reply.append("(The agent said nothing.)");
        }
        return new AgentTool.Result(reply.toString(), data, false);
    }
}
