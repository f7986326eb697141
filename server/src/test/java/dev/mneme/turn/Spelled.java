package dev.mneme.turn;

import dev.mneme.base.IdKind;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Contexts spelled in letters: s system, m summary, u user, a answer, c1 a call with the id 1, t1 its return, p1 a call that waits for
 * approval (of the step of the row before it), r an answer to it, w input of the run {@link #RUN} that waits, o a user row packed as
 * summary.
 */
final class Spelled {
    static final String RUN = "run-1";

    private Spelled() {}

    static List<Message> rows(String spelling) {
        List<Message> out = new ArrayList<>();
        long at = 1;
        String step = "step-0";
        for (String word : spelling.split(" ")) {
            char kind = word.charAt(0);
            String id = word.substring(1);
            step = kind == 'p' ? step : "step-" + at;
            out.add(row(kind, id, step, at++));
        }
        return out;
    }

    private static Message row(char kind, String id, String step, long at) {
        ToolCall call = new ToolCall("call_" + id, "look", "{}");
        return switch (kind) {
            case 's' -> row(Role.SYSTEM, "prompt", null, null, null, false, at);
            case 'm' -> row(Role.SUMMARY, SummaryText.of("old", true, null, "now", null), null, null, null, false, at);
            case 'o' -> row(Role.USER, SummaryText.of("old", false, null, "now", null), null, null, null, false, at);
            case 'u' -> row(Role.USER, "question", null, null, null, true, at);
            case 'w' -> row(Role.USER, "question", null, null, RUN, true, at);
            case 'a' -> row(Role.ASSISTANT, "answer", null, step, null, false, at);
            case 'c' -> row(Role.ASSISTANT, "", call, step, null, false, at);
            case 'p' -> row(Role.APPROVAL, "", call, step, null, false, at);
            case 'r' -> row(Role.APPROVAL, "", null, null, RUN, true, at);
            case 't' -> returned(id, step, at);
            default -> throw new IllegalArgumentException("letter " + kind);
        };
    }

    private static Message returned(String id, String step, long at) {
        Message row = row(Role.TOOL, "", null, step, null, false, at);
        return new Message(
                row.id(),
                row.agentId(),
                null,
                Role.TOOL,
                List.of(),
                List.of(),
                List.of(new ToolReturn("call_" + id, "success", "found", null, null)),
                null,
                null,
                null,
                null,
                null,
                null,
                step,
                null,
                false,
                null,
                at);
    }

    private static Message row(
            Role role,
            String text,
            @Nullable ToolCall call,
            @Nullable String step,
            @Nullable String run,
            boolean input,
            long at) {
        return new Message(
                IdKind.MESSAGE.next(),
                "agent-1",
                null,
                role,
                text.isEmpty() ? List.of() : List.of(new Content.Text(text)),
                call == null ? List.of() : List.of(call),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                step,
                run,
                input,
                null,
                at);
    }
}
