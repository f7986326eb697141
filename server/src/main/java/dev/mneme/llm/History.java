package dev.mneme.llm;

import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes any stored history fit to send, so that no agent is ever stuck on a broken one. Pure.
 *
 * <p>In the result every assistant row with calls is followed by one tool row with exactly one return for each call, in call order;
 * there are no other tool rows, no approval rows and no assistant rows that say nothing. A call without a return gets one that says so;
 * a return without a call is left out. An assistant row and the approval row right after it become one. Nothing is changed in storage.
 */
public final class History {
    /** What a model reads where a return was lost. */
    public static final String INTERRUPTED =
            "This call was interrupted: no result was recorded. It may or may not have taken effect; check before calling it again.";

    private History() {}

    public static List<Message> repaired(List<Message> history) {
        List<Message> rows = merged(history);
        Set<ToolReturn> used = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Message> out = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            Message row = rows.get(i);
            switch (row.role()) {
                case SYSTEM, USER, SUMMARY -> out.add(row);
                case TOOL -> {
                    // its returns travel with their calls
                }
                case ASSISTANT, APPROVAL -> {
                    Message said = withCalls(row, distinct(row.toolCalls()));
                    if (said.toolCalls().isEmpty()) {
                        if (says(said)) {
                            out.add(said);
                        }
                        break;
                    }
                    out.add(said);
                    out.add(returns(said, rows, i, used));
                }
            }
        }
        return out;
    }

    /** Without the answers to approvals, and with each approval row joined to the assistant row before it. */
    private static List<Message> merged(List<Message> history) {
        List<Message> out = new ArrayList<>(history.size());
        for (Message row : history) {
            if (row.role() != Role.APPROVAL) {
                out.add(row);
                continue;
            }
            if (row.toolCalls().isEmpty()) {
                continue;
            }
            Message before = out.isEmpty() ? null : out.getLast();
            if (before != null && before.role() == Role.ASSISTANT && sameStep(before, row)) {
                List<ToolCall> calls = new ArrayList<>(before.toolCalls());
                calls.addAll(row.toolCalls());
                List<Content> content = new ArrayList<>(before.content());
                content.addAll(row.content());
                out.set(out.size() - 1, withCalls(before.withContent(content), calls));
            } else {
                out.add(row);
            }
        }
        return out;
    }

    private static boolean sameStep(Message a, Message b) {
        return a.stepId() == null || b.stepId() == null || a.stepId().equals(b.stepId());
    }

    private static Message returns(Message said, List<Message> rows, int at, Set<ToolReturn> used) {
        List<ToolReturn> returns = new ArrayList<>();
        Set<Content> pictures = new LinkedHashSet<>();
        long time = said.createdAt();
        for (ToolCall call : said.toolCalls()) {
            ToolReturn found = null;
            for (int i = at + 1; i < rows.size() && found == null && !asksAgain(rows.get(i), call.id()); i++) {
                found = returnOf(rows.get(i), call.id(), used);
                if (found != null) {
                    time = Math.max(time, rows.get(i).createdAt());
                    pictures.addAll(rows.get(i).content());
                }
            }
            if (found != null) {
                used.add(found);
            }
            returns.add(found != null ? found : new ToolReturn(call.id(), ToolReturn.ERROR, INTERRUPTED, null, null));
        }
        return row(said, Role.TOOL, List.copyOf(pictures), returns, time);
    }

    /** A row that stands in a request only, at the place of another. */
    private static Message row(Message place, Role role, List<Content> content, List<ToolReturn> returns, long time) {
        return new Message(
                place.id(),
                place.agentId(),
                place.conversationId(),
                role,
                content,
                List.of(),
                returns,
                null,
                null,
                null,
                null,
                null,
                null,
                place.stepId(),
                place.runId(),
                false,
                null,
                time);
    }

    /** What a user would say to show the images of a row of returns, for models that take none from tools; null: there are none. */
    public static @Nullable Message shown(Message row) {
        List<Content> content = new ArrayList<>();
        content.add(new Content.Text("Images that the tools returned:"));
        row.toolReturns().forEach(back -> content.addAll(back.images()));
        row.content().stream().filter(Content.Image.class::isInstance).forEach(content::add);
        return content.size() == 1 ? null : row(row, Role.USER, content, List.of(), row.createdAt());
    }

    /**
     * Some models count their calls anew in each step: a later call with the same id closes the search. A tool row names the calls that it
     * answers; these are no new ones.
     */
    private static boolean asksAgain(Message row, String callId) {
        return row.role() != Role.TOOL
                && row.toolCalls().stream().anyMatch(call -> call.id().equals(callId));
    }

    private static @Nullable ToolReturn returnOf(Message row, String callId, Set<ToolReturn> used) {
        if (row.role() != Role.TOOL) {
            return null;
        }
        for (ToolReturn back : row.toolReturns()) {
            if (back.toolCallId().equals(callId) && !used.contains(back)) {
                return back;
            }
        }
        return null;
    }

    private static List<ToolCall> distinct(List<ToolCall> calls) {
        Set<String> ids = new HashSet<>();
        return calls.stream().filter(call -> ids.add(call.id())).toList();
    }

    private static boolean says(Message row) {
        return row.content().stream().anyMatch(part -> switch (part) {
            case Content.Text text -> !text.text().isBlank();
            case Content.Image image -> true;
            case Content.Reasoning reasoning -> false;
            case Content.RedactedReasoning redacted -> false;
            case Content.OmittedReasoning omitted -> false;
        });
    }

    private static Message withCalls(Message row, List<ToolCall> calls) {
        return new Message(
                row.id(),
                row.agentId(),
                row.conversationId(),
                Role.ASSISTANT,
                row.content(),
                calls,
                List.of(),
                null,
                row.name(),
                row.otid(),
                row.senderId(),
                row.groupId(),
                row.model(),
                row.stepId(),
                row.runId(),
                row.input(),
                row.isErr(),
                row.createdAt());
    }
}
