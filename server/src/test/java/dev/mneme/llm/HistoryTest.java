package dev.mneme.llm;

import static dev.mneme.llm.Rows.answered;
import static dev.mneme.llm.Rows.pending;
import static dev.mneme.llm.Rows.returned;
import static dev.mneme.llm.Rows.said;
import static dev.mneme.llm.Rows.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Any stored history becomes one that a provider takes. u user, a(ids) assistant with calls, t(ids) returns, ! a made-up return. */
class HistoryTest {
    static Stream<Arguments> histories() {
        return Stream.of(
                row("paired stays", "u a(x) t(x) a", user("q"), said("", "x"), returned("x"), said("fin")),
                row("lost return", "u a(x) t(x!) u", user("q"), said("", "x"), user("again")),
                row("lost return at the end", "u a(x) t(x!)", user("q"), said("", "x")),
                row("orphan return", "u a", user("q"), returned("x"), said("fin")),
                row("return before its call", "a(x) t(x!)", returned("x"), said("", "x")),
                row("one of two lost", "a(x,y) t(x!,y)", said("", "x", "y"), returned("y")),
                row(
                        "returns in two rows, wrong order",
                        "a(x,y) t(x,y) u",
                        said("", "x", "y"),
                        returned("y"),
                        user("q"),
                        returned("x")),
                row("double return", "a(x) t(x)", said("", "x"), returned("x"), returned("x")),
                row(
                        "same id in two steps",
                        "a(x) t(x) a(x) t(x)",
                        said("", "x"),
                        returned("x"),
                        said("", "x"),
                        returned("x")),
                row("same id, first lost", "a(x) t(x!) a(x) t(x)", said("", "x"), said("", "x"), returned("x")),
                row("same id twice in one row", "a(x) t(x)", said("", "x", "x"), returned("x")),
                row("empty assistant row", "u u", user("q"), said(""), user("r")),
                row(
                        "approval joined",
                        "u a(x,y) t(x,y)",
                        user("q"),
                        said("t", "x"),
                        pending("y"),
                        answered(),
                        returned("x", "y")),
                row("approval alone", "u a(y) t(y) a", user("q"), pending("y"), answered(), returned("y"), said("fin")),
                row("approval unanswered", "a(y) t(y!) u", pending("y"), user("hello?")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("histories")
    void repairs(String name, String expected, List<Message> history) {
        List<Message> repaired = History.repaired(history);
        assertThat(shown(repaired)).isEqualTo(expected);
        assertThat(shown(History.repaired(repaired))).isEqualTo(expected);
    }

    private static Arguments row(String name, String expected, Message... history) {
        return Arguments.of(name, expected, List.of(history));
    }

    private static String shown(List<Message> rows) {
        List<String> out = new ArrayList<>();
        for (Message row : rows) {
            List<String> ids = new ArrayList<>();
            row.toolCalls().forEach(call -> ids.add(call.id()));
            for (ToolReturn back : row.toolReturns()) {
                ids.add(back.toolCallId() + (back.text().equals(History.INTERRUPTED) ? "!" : ""));
            }
            String letter = row.role() == Role.TOOL ? "t" : row.role().word().substring(0, 1);
            out.add(letter + (ids.isEmpty() ? "" : "(" + String.join(",", ids) + ")"));
        }
        return String.join(" ", out);
    }
}
