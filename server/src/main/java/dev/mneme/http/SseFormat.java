package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.TurnEvent;
import dev.mneme.message.Usage;
import dev.mneme.run.EventFormat;
import dev.mneme.run.LogRecord;
import dev.mneme.run.RunOptions;
import dev.mneme.run.RunResult;
import dev.mneme.turn.TurnResult;
import dev.mneme.wire.LettaMessage;
import dev.mneme.wire.LettaMessage.Envelope;
import dev.mneme.wire.LettaMessage.PartialCall;
import dev.mneme.wire.LettaResponse;
import dev.mneme.wire.StopView;
import dev.mneme.wire.UsageView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The events of a turn as the texts of server-sent events (contract 03 §8). Pure. */
public final class SseFormat implements EventFormat {
    static final String PING = "ping";

    @Override
    public List<LogRecord> records(TurnEvent event, String runId, RunOptions options, long firstSeq) {
        Numbered numbered = new Numbered(runId, options.background(), firstSeq);
        LettaMessages.Display display =
                LettaMessages.Display.answer(options.useAssistantMessage(), options.returnTypes());
        switch (event) {
            case TurnEvent.Row row -> {
                if (isShown(row.message().role(), options.streamTokens())) {
                    rows(row.message(), display, numbered);
                }
            }
            case TurnEvent.Compacting compacting -> {
                if (options.turn().compactionMessages()) {
                    numbered.show(compacting(compacting, runId, numbered.seq()), display);
                }
            }
            case TurnEvent.Summary summary -> {
                // A summary that was stored as a user's message shows its packed text (contract 02 §11).
                if (summary.message().role() == Role.SUMMARY) {
                    numbered.show(summary(summary, numbered.seq()), display);
                } else {
                    rows(summary.message(), display, numbered);
                }
            }
            case TurnEvent.ReasoningDelta delta -> {
                Envelope envelope = numbered.piece(
                        delta.messageId(), delta.at(), LettaMessages.REASONING, delta.piece(), delta.stepId());
                String source = LettaMessages.source(delta.isNative());
                numbered.show(new LettaMessage.Reasoning(envelope, source, delta.text(), null), display);
            }
            case TurnEvent.HiddenReasoning hidden -> {
                Envelope envelope = numbered.piece(
                        hidden.messageId(),
                        hidden.at(),
                        LettaMessages.HIDDEN_REASONING,
                        hidden.piece(),
                        hidden.stepId());
                numbered.show(new LettaMessage.HiddenReasoning(envelope, LettaMessages.OMITTED, null), display);
            }
            case TurnEvent.SpokenDelta delta -> spoken(delta, options.useAssistantMessage(), numbered, display);
            case TurnEvent.TextDelta delta -> {
                Envelope envelope = numbered.piece(
                        delta.messageId(), delta.at(), LettaMessages.ASSISTANT, delta.piece(), delta.stepId());
                numbered.show(new LettaMessage.Said(envelope, TextNode.valueOf(delta.text())), display);
            }
            case TurnEvent.CallDelta delta -> {
                Envelope envelope = numbered.piece(
                        delta.messageId(), delta.at(), LettaMessages.TOOL_CALL, delta.piece(), delta.stepId());
                PartialCall part = new PartialCall(delta.name(), delta.arguments(), delta.callId());
                numbered.show(new LettaMessage.CallPiece(envelope, part, part), display);
            }
            case TurnEvent.ApprovalDelta delta -> {
                Envelope envelope =
                        numbered.whole(delta.messageId(), delta.at(), LettaMessages.APPROVAL_REQUEST, delta.stepId());
                LettaMessage.PieceOfRequest part =
                        new LettaMessage.PieceOfRequest(delta.name(), delta.arguments(), delta.callId());
                numbered.show(new LettaMessage.ApprovalPiece(envelope, part, part), display);
            }
            case TurnEvent.Ping ping -> numbered.add(ping(runId, ping.at(), numbered.seq()));
            case TurnEvent.Stopped stopped ->
                numbered.add(new StopView("stop_reason", stopped.reason().word()));
            case TurnEvent.Used used ->
                numbered.add(
                        usage(used.usage(), used.steps(), used.contextTokens(), used.runIds(), options.streamTokens()));
            case TurnEvent.Failed failed -> {
                ObjectNode error = Json.object()
                        .put("message_type", "error_message")
                        .put("run_id", runId)
                        .put("error_type", failed.errorType())
                        .put("message", failed.message())
                        .put("detail", failed.detail())
                        .put("seq_id", numbered.seq());
                numbered.fail(error);
            }
        }
        return numbered.records;
    }

    /** A piece of a call that speaks: its words, or the call for who wants to see that. */
    private static void spoken(
            TurnEvent.SpokenDelta delta, boolean words, Numbered numbered, LettaMessages.Display display) {
        String type = words ? LettaMessages.ASSISTANT : LettaMessages.TOOL_CALL;
        Envelope envelope = numbered.piece(delta.messageId(), delta.at(), type, delta.piece(), delta.stepId());
        if (!words) {
            PartialCall part = new PartialCall(delta.name(), delta.arguments(), delta.callId());
            numbered.show(new LettaMessage.CallPiece(envelope, part, part), display);
        } else if (delta.text() != null) {
            numbered.show(new LettaMessage.Said(envelope, TextNode.valueOf(delta.text())), display);
        }
    }

    @Override
    public JsonNode response(RunResult run) {
        return Json.tree(whole(run));
    }

    /** The answer to a blocking request. */
    static LettaResponse whole(RunResult run) {
        TurnResult result = run.result();
        return new LettaResponse(
                SendRoutes.shown(run),
                new StopView("stop_reason", result.reason().word()),
                SseFormat.usage(result.usage(), result.steps(), result.contextTokens(), run.backgroundRuns(), false),
                result.logprobs(),
                null);
    }

    private static LettaMessage compacting(TurnEvent.Compacting event, String runId, @Nullable Long seq) {
        String at = Times.seconds(event.at());
        return new LettaMessage.Event(
                new Envelope(event.id(), at, null, LettaMessages.EVENT, null, null, event.stepId(), null, seq, runId),
                "compaction",
                new LettaMessage.CompactionData(event.trigger(), event.tokens(), event.window()));
    }

    private static LettaMessage summary(TurnEvent.Summary event, @Nullable Long seq) {
        Message row = event.message();
        String at = Times.seconds(row.createdAt());
        String otid = Message.otid(row.id(), 0);
        return new LettaMessage.Summary(
                new Envelope(
                        row.id(), at, null, LettaMessages.SUMMARY, otid, null, row.stepId(), null, seq, row.runId()),
                event.summary(),
                event.stats());
    }

    /** What was said to the agent is never repeated; what it says itself came as deltas in a token stream. */
    private static boolean isShown(Role role, boolean tokenStream) {
        return switch (role) {
            case USER, SYSTEM -> false;
            case ASSISTANT, APPROVAL -> !tokenStream;
            case TOOL, SUMMARY -> true;
        };
    }

    private static void rows(Message row, LettaMessages.Display display, Numbered numbered) {
        for (LettaMessage piece : LettaMessages.of(row, display)) {
            ObjectNode json = (ObjectNode) Json.tree(piece);
            json.put("seq_id", numbered.seq());
            numbered.add(json);
        }
    }

    /** A ping; the first one of a stream tells the run's id. */
    static LettaMessage.Ping ping(String runId, long at, @Nullable Long seq) {
        return new LettaMessage.Ping(new Envelope(
                PING + "-" + IdKind.uuid(), Times.seconds(at), null, PING, null, null, null, null, seq, runId));
    }

    /** Tokens of a request. A provider that is silent about caching counts as none, except in a token stream (contract 03 §4). */
    static UsageView usage(
            Usage usage, int steps, @Nullable Integer contextTokens, List<String> runIds, boolean tokenStream) {
        return new UsageView(
                "usage_statistics",
                usage.completionTokens(),
                usage.promptTokens(),
                usage.totalTokens(),
                steps,
                runIds.isEmpty() ? null : runIds,
                known(usage.cachedInputTokens(), tokenStream),
                known(usage.cacheWriteTokens(), tokenStream),
                known(usage.reasoningTokens(), tokenStream),
                contextTokens);
    }

    private static @Nullable Integer known(@Nullable Integer tokens, boolean tokenStream) {
        return tokens == null && !tokenStream ? Integer.valueOf(0) : tokens;
    }

    /** Records of one event, numbered as they come. Only background runs show their numbers. */
    private static final class Numbered {
        private final List<LogRecord> records = new ArrayList<>(1);
        private final String runId;
        private final boolean shown;
        private final long first;

        Numbered(String runId, boolean shown, long first) {
            this.runId = runId;
            this.shown = shown;
            this.first = first;
        }

        /** The number that the next record shows, null where numbers are not shown. */
        @Nullable
        Long seq() {
            return shown ? Long.valueOf(first + records.size()) : null;
        }

        Envelope piece(String messageId, long at, String type, int index, String stepId) {
            return envelope(messageId, at, type, Message.otid(messageId, index), stepId);
        }

        /** Of a row that is shown as one: its otid is its id. */
        Envelope whole(String messageId, long at, String type, String stepId) {
            return envelope(messageId, at, type, messageId, stepId);
        }

        private Envelope envelope(String messageId, long at, String type, String otid, String stepId) {
            return new Envelope(messageId, Times.seconds(at), null, type, otid, null, stepId, null, seq(), runId);
        }

        void show(LettaMessage message, LettaMessages.Display display) {
            if (display.shows(message.envelope().messageType())) {
                add(message);
            }
        }

        void add(Object body) {
            records.add(new LogRecord(first + records.size(), false, Json.write(body)));
        }

        void fail(Object body) {
            records.add(new LogRecord(first + records.size(), true, Json.write(body)));
        }
    }
}
