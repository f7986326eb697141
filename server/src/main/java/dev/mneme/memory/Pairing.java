package dev.mneme.memory;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which messages stand or fall together: a call, the request to approve it, the answer to that, and its return. A provider refuses a
 * history in which one of them is missing. Pure.
 */
final class Pairing {
    private final List<Message> rows;

    private Pairing(List<Message> rows) {
        this.rows = rows;
    }

    /**
     * The ids of the message and of all that belong to it.
     *
     * @param rows a stretch of one thread in order, the message among them
     */
    static Set<String> of(List<Message> rows, String id) {
        Pairing pairing = new Pairing(rows);
        Set<String> found = new LinkedHashSet<>();
        Deque<Integer> open = new ArrayDeque<>();
        for (int at = 0; at < rows.size(); at++) {
            if (rows.get(at).id().equals(id)) {
                open.add(at);
            }
        }
        while (!open.isEmpty()) {
            int at = open.poll();
            if (found.add(rows.get(at).id())) {
                open.addAll(pairing.partners(at));
            }
        }
        return found;
    }

    private List<Integer> partners(int at) {
        Message row = rows.get(at);
        List<Integer> out = new ArrayList<>();
        if (calls(row)) {
            row.toolCalls().forEach(call -> answers(at, call.id(), out));
            sameStep(at, at - 1, out);
            sameStep(at, at + 1, out);
        }
        for (String callId : answered(row)) {
            caller(at, callId, out);
        }
        return out;
    }

    /** What came of a call: the answers to its request, up to its return. Providers use ids again, so another call of the id ends it. */
    private void answers(int at, String callId, List<Integer> out) {
        for (int later = at + 1; later < rows.size() && !hasCall(rows.get(later), callId); later++) {
            if (answered(rows.get(later)).contains(callId)) {
                out.add(later);
                if (rows.get(later).role() == Role.TOOL) {
                    return;
                }
            }
        }
    }

    private void caller(int at, String callId, List<Integer> out) {
        for (int earlier = at - 1; earlier >= 0; earlier--) {
            if (hasCall(rows.get(earlier), callId)) {
                out.add(earlier);
                return;
            }
        }
    }

    /** The calls of one answer of a model may lie in two rows, of which one waits for approval and the other waits with it. */
    private void sameStep(int at, int other, List<Integer> out) {
        if (other < 0 || other >= rows.size()) {
            return;
        }
        Message neighbour = rows.get(other);
        if (calls(neighbour)
                && neighbour.stepId() != null
                && neighbour.stepId().equals(rows.get(at).stepId())) {
            out.add(other);
        }
    }

    private static boolean calls(Message row) {
        return row.role() != Role.TOOL && !row.toolCalls().isEmpty();
    }

    private static boolean hasCall(Message row, String callId) {
        return calls(row) && row.toolCalls().stream().map(ToolCall::id).anyMatch(callId::equals);
    }

    /** The calls that a row is a return of, or an answer to whose request. */
    private static Set<String> answered(Message row) {
        Set<String> ids = new LinkedHashSet<>();
        if (row.role() == Role.TOOL) {
            row.toolReturns().stream().map(ToolReturn::toolCallId).forEach(ids::add);
        } else if (row.approval() != null) {
            JsonNode given = Json.read(row.approval(), JsonNode.class);
            for (JsonNode one : given.isArray() ? given : given.path("approvals")) {
                ids.add(one.path("tool_call_id").asText(""));
            }
        }
        return ids;
    }
}
