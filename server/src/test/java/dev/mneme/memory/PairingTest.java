package dev.mneme.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairingTest {
    /** Rows as words: u, a (text), c:x,y (calls), p:x (waits for approval), r:x (answer to that), t:x,y (returns); a step after a slash. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "u c:1/s t:1/s a|0|0",
                "u c:1/s t:1/s a|1|1 2",
                "u c:1/s t:1/s a|2|1 2",
                "u c:1/s t:1/s a|3|3",
                "u c:1,2/s t:1,2/s|2|1 2",
                // a provider that uses its ids again
                "c:0/s t:0/s c:0/t t:0/t|0|0 1",
                "c:0/s t:0/s c:0/t t:0/t|3|2 3",
                // what waited for approval goes with what waited beside it, with the answer and with all returns
                "c:1/s p:2/s r:2 t:1,2/s a|3|0 1 2 3",
                "c:1/s p:2/s r:2 t:1,2/s a|2|0 1 2 3",
                "u c:1/s p:2/s|2|1 2",
                "u c:1/s p:2/s|1|1 2",
                // a call that never came back, as an import may bring it
                "c:1/s u a|0|0",
            })
    void whatGoesTogether(String rows, int at, String expected) {
        List<Message> made = new ArrayList<>();
        for (String word : rows.split(" ")) {
            made.add(row("m" + made.size(), word));
        }
        List<String> found = new ArrayList<>();
        Pairing.of(made, "m" + at).stream().sorted().forEach(id -> found.add(id.substring(1)));
        assertThat(String.join(" ", found)).isEqualTo(expected);
    }

    private static Message row(String id, String word) {
        String[] parts = word.split("/");
        String step = parts.length > 1 ? parts[1] : null;
        String[] kind = parts[0].split(":");
        List<String> ids = kind.length > 1 ? Arrays.asList(kind[1].split(",")) : List.of();
        List<ToolCall> calls =
                ids.stream().map(one -> new ToolCall(one, "tool", "{}")).toList();
        return switch (kind[0]) {
            case "u" -> message(id, Role.USER, List.of(), List.of(), null, step);
            case "a" -> message(id, Role.ASSISTANT, List.of(), List.of(), null, step);
            case "c" -> message(id, Role.ASSISTANT, calls, List.of(), null, step);
            case "p" -> message(id, Role.APPROVAL, calls, List.of(), null, step);
            case "r" ->
                message(
                        id,
                        Role.APPROVAL,
                        List.of(),
                        List.of(),
                        "[{\"type\":\"approval\",\"tool_call_id\":\"" + ids.getFirst() + "\",\"approve\":true}]",
                        step);
            default ->
                message(
                        id,
                        Role.TOOL,
                        calls,
                        ids.stream()
                                .map(one -> new ToolReturn(one, ToolReturn.SUCCESS, "done", null, null))
                                .toList(),
                        null,
                        step);
        };
    }

    private static Message message(
            String id,
            Role role,
            List<ToolCall> calls,
            List<ToolReturn> returns,
            @Nullable String approval,
            @Nullable String step) {
        return new Message(
                id,
                "agent",
                null,
                role,
                List.of(new Content.Text("said")),
                calls,
                returns,
                approval,
                null,
                null,
                null,
                null,
                null,
                step,
                null,
                false,
                null,
                1);
    }
}
