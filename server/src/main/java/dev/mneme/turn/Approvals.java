package dev.mneme.turn;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.ReturnParts;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Calls that wait for somebody outside (contract 02 §9): which calls of an answer wait, and what an answer to them means. Pure. */
public final class Approvals {
    /** How far back a tool row is looked for that says that an answer is a repeat, in rows of the context. */
    static final int REPEAT_ROWS = 10;

    /** What the model is told when a repeated answer brings nothing new. */
    static final String KEEP_ALIVE =
            "<system-alert>Automated keep-alive ping. Ignore this message and continue from where you stopped.</system-alert>";

    /** Why calls are denied when their run is cancelled. */
    public static final String CANCELLED = "The user cancelled the request, so the tool call was denied.";

    /** What a call gives back that needed no approval but shared its step with a request that was cancelled or ran out. */
    static final String NOT_RUN =
            "Error: this call was not run, because the request that it was part of was not approved.";

    private Approvals() {}

    /** The calls of one answer: those that may run, and those that wait. Order is kept. */
    record Split(List<ToolCall> free, List<ToolCall> waiting) {}

    /** @param waits whether calls of a tool wait */
    static Split split(List<ToolCall> calls, Predicate<String> waits) {
        List<ToolCall> free = new ArrayList<>();
        List<ToolCall> waiting = new ArrayList<>();
        for (ToolCall call : calls) {
            (waits.test(call.name()) ? waiting : free).add(call);
        }
        return new Split(List.copyOf(free), List.copyOf(waiting));
    }

    /** The id of an approval row whose deltas are streamed beside those of a row: one less, as a number of 128 bits (contract 02 §9). */
    static String idBefore(String rowId) {
        int prefix = rowId.indexOf('-') + 1;
        UUID uuid = UUID.fromString(rowId.substring(prefix));
        long low = uuid.getLeastSignificantBits();
        long high = low == 0 ? uuid.getMostSignificantBits() - 1 : uuid.getMostSignificantBits();
        return rowId.substring(0, prefix) + new UUID(high, low - 1);
    }

    /**
     * A request that nobody has answered yet.
     *
     * @param request the approval row; its calls wait
     * @param free calls of the same step that need no approval and have not run yet
     */
    record Pending(Message request, List<ToolCall> free) {
        List<ToolCall> waiting() {
            return request.toolCalls();
        }
    }

    /** The open request at the end of a context, or null. */
    static @Nullable Pending pending(List<Message> context) {
        return context.isEmpty() ? null : pendingAt(context, context.size() - 1);
    }

    /** The request that the row at this place is, with the calls of its step in the row before it; null when it is none. */
    static @Nullable Pending pendingAt(List<Message> context, int at) {
        Message row = context.get(at);
        if (!asks(row)) {
            return null;
        }
        Message before = at == 0 ? null : context.get(at - 1);
        boolean sameStep =
                before != null && before.role() == Role.ASSISTANT && Objects.equals(before.stepId(), row.stepId());
        return new Pending(row, before != null && sameStep ? before.toolCalls() : List.of());
    }

    static boolean asks(Message row) {
        return row.role() == Role.APPROVAL && !row.toolCalls().isEmpty();
    }

    /** What an answer says of one call. */
    sealed interface Verdict {
        String callId();

        record Approved(String callId) implements Verdict {}

        record Denied(String callId, @Nullable String reason) implements Verdict {}

        /** The client ran it itself. */
        record Returned(ToolReturn value) implements Verdict {
            @Override
            public String callId() {
                return value.toolCallId();
            }
        }
    }

    /** Reads the stored form of an answer: the list that clients send as {@code approvals}. */
    static List<Verdict> read(String approvals) {
        List<Verdict> out = new ArrayList<>();
        for (JsonNode item : Json.read(approvals, JsonNode.class)) {
            String call = item.path("tool_call_id").asText("");
            if (item.path("type").asText("").equals("tool")) {
                String status =
                        item.path("status").asText("").equals(ToolReturn.ERROR) ? ToolReturn.ERROR : ToolReturn.SUCCESS;
                JsonNode given = item.path("tool_return");
                List<Content> parts = ReturnParts.of(given);
                out.add(new Verdict.Returned(new ToolReturn(
                        call,
                        status,
                        parts == null ? text(given) : ReturnParts.text(parts),
                        lines(item.path("stdout")),
                        lines(item.path("stderr")),
                        parts)));
            } else if (item.path("approve").asBoolean()) {
                out.add(new Verdict.Approved(call));
            } else {
                JsonNode reason = item.path("reason");
                out.add(new Verdict.Denied(call, reason.isTextual() ? reason.textValue() : null));
            }
        }
        return out;
    }

    private static String text(JsonNode given) {
        if (given.isTextual()) {
            return given.textValue();
        }
        if (!given.isArray()) {
            return Json.write(given);
        }
        List<String> parts = new ArrayList<>();
        given.forEach(part ->
                parts.add(part.path("text").isTextual() ? part.path("text").textValue() : Json.write(part)));
        return String.join("\n", parts);
    }

    private static @Nullable List<String> lines(JsonNode given) {
        if (!given.isArray()) {
            return null;
        }
        List<String> out = new ArrayList<>();
        given.forEach(line -> out.add(line.asText()));
        return out;
    }

    /** What an answer means where the context ends as it does. */
    sealed interface Meaning {
        /** It answers the open request. verdicts: by call id. */
        record Answer(Pending pending, Map<String, Verdict> verdicts) implements Meaning {}

        /** The same was answered before: nothing is run again. */
        record Repeat() implements Meaning {}
    }

    /**
     * Matches an answer with what waits; 400 with the contract's words when it does not fit.
     *
     * @param tail the last rows of the context, in order; at least {@link #REPEAT_ROWS} where there are as many
     */
    static Meaning meaning(List<Message> tail, List<Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            throw refusal("Invalid approval response. Approval response message does not contain any approvals.");
        }
        Pending pending = pending(tail);
        if (pending == null) {
            if (isRepeat(tail, verdicts)) {
                return new Meaning.Repeat();
            }
            throw refusal("Cannot process approval response: No tool call is currently awaiting approval."
                    + " Please send a regular message to interact with the agent.");
        }
        List<Verdict> resolved = resolved(pending.request(), verdicts);
        List<String> expected = pending.waiting().stream().map(ToolCall::id).toList();
        List<String> received = resolved.stream().map(Verdict::callId).toList();
        if (expected.size() != received.size() || !new HashSet<>(expected).equals(new HashSet<>(received))) {
            throw refusal("Invalid tool call IDs. Expected '" + listed(expected) + "', but received '"
                    + listed(received) + "'.");
        }
        Map<String, Verdict> byCall = new HashMap<>();
        resolved.forEach(verdict -> byCall.put(verdict.callId(), verdict));
        return new Meaning.Answer(pending, byCall);
    }

    /** The old short form may name the request's row instead of its only call (contract 02 §9). */
    private static List<Verdict> resolved(Message request, List<Verdict> verdicts) {
        Verdict only = verdicts.getFirst();
        if (verdicts.size() > 1
                || request.toolCalls().size() != 1
                || !only.callId().equals(request.id())) {
            return verdicts;
        }
        String call = request.toolCalls().getFirst().id();
        return List.of(
                switch (only) {
                    case Verdict.Approved approved -> new Verdict.Approved(call);
                    case Verdict.Denied denied -> new Verdict.Denied(call, denied.reason());
                    case Verdict.Returned returned -> returned;
                });
    }

    private static boolean isRepeat(List<Message> tail, List<Verdict> verdicts) {
        Set<String> ids = new HashSet<>();
        for (Verdict verdict : verdicts) {
            tail.stream()
                    .filter(row -> asks(row) && row.id().equals(verdict.callId()))
                    .findFirst()
                    .ifPresentOrElse(
                            row -> row.toolCalls().forEach(call -> ids.add(call.id())),
                            () -> ids.add(verdict.callId()));
        }
        for (int i = tail.size() - 1; i >= Math.max(0, tail.size() - REPEAT_ROWS); i--) {
            Message row = tail.get(i);
            if (row.role() != Role.TOOL) {
                continue;
            }
            Set<String> returned = new HashSet<>();
            row.toolReturns().forEach(back -> returned.add(back.toolCallId()));
            // returns of calls that needed no approval stand in the same row
            if (returned.containsAll(ids)) {
                return true;
            }
        }
        return false;
    }

    private static Problem refusal(String text) {
        return new Problem(ProblemCode.INVALID_ARGUMENT, text);
    }

    private static String listed(List<String> ids) {
        return ids.isEmpty() ? "[]" : "['" + String.join("', '", ids) + "']";
    }

    /**
     * Everything that the calls of a step came to, in the order of its tool row: returns of the client, denials, then what runs.
     *
     * @param denied whether any call was denied
     */
    record Settled(List<Closed> closed, List<ToolCall> toRun, boolean denied) {}

    /** A call that is not run here. */
    record Closed(ToolCall call, ToolReturn back) {}

    static Settled settle(Meaning.Answer answer) {
        List<Closed> returned = new ArrayList<>();
        List<Closed> denied = new ArrayList<>();
        List<ToolCall> run = new ArrayList<>();
        for (ToolCall call : answer.pending().waiting()) {
            switch (Objects.requireNonNull(answer.verdicts().get(call.id()))) {
                case Verdict.Approved approved -> run.add(call);
                case Verdict.Denied no -> denied.add(new Closed(call, denial(call, no.reason())));
                case Verdict.Returned back -> returned.add(new Closed(call, back.value()));
            }
        }
        boolean anyDenied = !denied.isEmpty();
        returned.addAll(denied);
        run.addAll(answer.pending().free());
        return new Settled(List.copyOf(returned), List.copyOf(run), anyDenied);
    }

    /** How a request ends that nobody will answer any more: every waiting call is denied, nothing is run. */
    static List<Closed> closed(Pending pending, String reason) {
        List<Closed> out = new ArrayList<>();
        pending.waiting().forEach(call -> out.add(new Closed(call, denial(call, reason))));
        pending.free()
                .forEach(call ->
                        out.add(new Closed(call, new ToolReturn(call.id(), ToolReturn.ERROR, NOT_RUN, null, null))));
        return out;
    }

    /** The stored form of an answer that denies every call of a request. */
    static String denials(Pending pending, String reason) {
        var out = Json.array();
        pending.waiting()
                .forEach(call -> out.addObject()
                        .put("type", "approval")
                        .put("tool_call_id", call.id())
                        .put("approve", false)
                        .put("reason", reason));
        return Json.write(out);
    }

    private static ToolReturn denial(ToolCall call, @Nullable String reason) {
        String text = "Error: request to call tool denied. User reason: " + (reason == null ? "None" : reason);
        return new ToolReturn(call.id(), ToolReturn.ERROR, text, null, null);
    }
}
