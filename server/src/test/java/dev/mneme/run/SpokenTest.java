package dev.mneme.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpokenTest {
    private static Message row(
            Role role, String name, String approval, List<ToolCall> calls, List<ToolReturn> returns, Content... parts) {
        return new Message(
                "message-1",
                "agent-1",
                null,
                role,
                List.of(parts),
                calls,
                returns,
                approval,
                name,
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                null,
                1);
    }

    private static Message said(Role role, Content... parts) {
        return row(role, null, null, List.of(), List.of(), parts);
    }

    private static Content text(String text) {
        return new Content.Text(text);
    }

    @Test
    void eachKindOfRowHasItsLine() {
        List<Message> rows = List.of(
                said(Role.SYSTEM, text("rules")),
                said(Role.USER, text("turn 0")),
                row(
                        Role.USER,
                        "Ada",
                        null,
                        List.of(),
                        List.of(),
                        text("see "),
                        new Content.Image("image/png", "AA", null)),
                said(Role.USER, text("{\"type\":\"heartbeat\",\"reason\":\"x\"}")),
                said(Role.USER, text("{\"type\":\"user_message\",\"message\":\"packed\"}")),
                row(
                        Role.ASSISTANT,
                        null,
                        null,
                        List.of(new ToolCall("1", "conversation_search", "{}")),
                        List.of(),
                        new Content.Reasoning("deep thought", null)),
                row(
                        Role.TOOL,
                        null,
                        null,
                        List.of(),
                        List.of(
                                new ToolReturn("1", "success", "{\"a\":1}", null, null),
                                new ToolReturn("2", "success", "None", null, null))),
                row(
                        Role.ASSISTANT,
                        null,
                        null,
                        List.of(new ToolCall("3", "send_message", "{\"message\":\"found it\"}")),
                        List.of()),
                row(
                        Role.APPROVAL,
                        null,
                        "{\"approvals\":[{\"approve\":true},{\"approve\":false,\"reason\":\"no\"}]}",
                        List.of(),
                        List.of()),
                said(Role.ASSISTANT, text("plain")));

        assertThat(Spoken.transcript(rows))
                .containsExactly(
                        "user: turn 0",
                        "Ada: see [Image Here]",
                        "user: packed",
                        "assistant: <thinking>deep thought</thinking>",
                        "assistant: Calling tool conversation_search",
                        "assistant: Tool call returned {\"a\":1}",
                        "assistant: found it",
                        "[User approved]",
                        "[User rejected: no]",
                        "assistant: plain");
        assertThat(Spoken.aloud(rows)).containsExactly("found it", "plain");
    }

    @Test
    void longTranscriptsKeepTheirNewestLines() {
        String line = "x".repeat(Companions.MOST_CHARS / 2 - 1);

        assertThat(Companions.newest(List.of("a", "b"))).containsExactly("a", "b");
        assertThat(Companions.newest(List.of("old", line, line)))
                .containsExactly("(1 earlier lines are left out)", line, line);
        assertThat(Companions.newest(List.of(line + line + line)).getLast()).hasSize(Companions.MOST_CHARS);
    }
}
