package dev.mneme.turn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Json;
import dev.mneme.llm.ModelEvent;
import dev.mneme.message.Content;
import dev.mneme.message.StopReason;
import dev.mneme.message.ToolCall;
import dev.mneme.message.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnRulesTest {
    private static final TurnRules NONE = TurnRules.of(Json.array());

    private static TurnRules rule(String type, String tool) {
        return TurnRules.of(Json.array().add(Json.object().put("type", type).put("tool_name", tool)));
    }

    private static List<ToolCall> calls(String... names) {
        return List.of(names).stream()
                .map(name -> new ToolCall("call_" + name, name, "{}"))
                .toList();
    }

    private static ModelEvent.Done text(String text, boolean truncated) {
        return new ModelEvent.Done(List.of(new Content.Text(text)), List.of(), truncated, Usage.NONE);
    }

    @Test
    void withParallelCallsOffOnlyTheFirstCounts() {
        assertThat(NONE.counting(calls("a", "b"), false))
                .extracting(ToolCall::name)
                .containsExactly("a");
        assertThat(NONE.counting(calls("a", "b"), true))
                .extracting(ToolCall::name)
                .containsExactly("a", "b");
        assertThat(NONE.counting(calls("a"), false)).hasSize(1);
    }

    @Test
    void textEndsTheTurnAndACutTextSaysSo() {
        assertThat(TurnRules.afterText(text("hello", false))).isEqualTo(StopReason.END_TURN);
        assertThat(TurnRules.afterText(text("hel", true))).isEqualTo(StopReason.MAX_TOKENS_EXCEEDED);
    }

    @Test
    void anAnswerOfNothingIsNotStored() {
        assertThat(TurnRules.silent(text("", false))).isTrue();
        assertThat(TurnRules.silent(text("x", false))).isFalse();
        assertThat(TurnRules.silent(new ModelEvent.Done(List.of(), calls("a"), false, Usage.NONE)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1,50,", "49,50,", "50,50,MAX_STEPS", "1,1,MAX_STEPS"})
    void callsGoOnUntilTheBudgetIsSpent(int done, int budget, StopReason expected) {
        assertThat(NONE.afterCalls(calls("a"), done, budget)).isEqualTo(expected);
    }

    @Test
    void aTerminalToolEndsTheTurn() {
        TurnRules exit = rule("exit_loop", "bye");
        assertThat(exit.afterCalls(calls("bye"), 1, 50)).isEqualTo(StopReason.TOOL_RULE);
        assertThat(exit.afterCalls(calls("a", "bye"), 50, 50)).isEqualTo(StopReason.TOOL_RULE);
        assertThat(exit.afterCalls(calls("a"), 1, 50)).isNull();
    }

    @Test
    void aGuardedToolIsKnown() {
        assertThat(rule("requires_approval", "rm").guarded("rm")).isTrue();
        assertThat(rule("requires_approval", "rm").guarded("ls")).isFalse();
    }
}
