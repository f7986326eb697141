package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever rows are stored in whatever order, what is sent is always well formed. */
class HistoryPropertyTest {
    @Provide
    Arbitrary<List<Message>> histories() {
        Arbitrary<String[]> ids =
                Arbitraries.of("a", "b", "c").array(String[].class).ofMinSize(1).ofMaxSize(3);
        Arbitrary<Message> row = Arbitraries.oneOf(
                Arbitraries.create(() -> Rows.user("q")),
                Arbitraries.create(() -> Rows.system("note")),
                Arbitraries.create(Rows::answered),
                Arbitraries.of("", "text").map(Rows::said),
                ids.map(each -> Rows.said("", each)),
                ids.map(Rows::pending),
                ids.map(Rows::returned));
        return row.list().ofMaxSize(12);
    }

    @Property(tries = 2_000)
    void everyCallHasItsReturnAndEveryReturnItsCall(@ForAll("histories") List<Message> history) {
        List<Message> sent = History.repaired(history);
        for (int i = 0; i < sent.size(); i++) {
            Message row = sent.get(i);
            assertThat(row.role()).isNotEqualTo(Role.APPROVAL);
            List<String> calls = row.toolCalls().stream().map(ToolCall::id).toList();
            if (!calls.isEmpty()) {
                assertThat(calls).doesNotHaveDuplicates();
                assertThat(i + 1).isLessThan(sent.size());
                assertThat(sent.get(i + 1).toolReturns().stream()
                                .map(ToolReturn::toolCallId)
                                .toList())
                        .isEqualTo(calls);
            }
            if (row.role() == Role.TOOL) {
                assertThat(sent.get(i - 1).toolCalls()).hasSameSizeAs(row.toolReturns());
            }
            if (row.role() == Role.ASSISTANT) {
                assertThat(row.text().isEmpty() && calls.isEmpty()).isFalse();
            }
        }
        assertThat(said(sent)).isEqualTo(said(history));
    }

    private static List<String> said(List<Message> rows) {
        List<String> texts = new ArrayList<>();
        for (Message row : rows) {
            if (!row.text().isEmpty()) {
                texts.add(row.role() + row.text());
            }
        }
        return texts;
    }
}
