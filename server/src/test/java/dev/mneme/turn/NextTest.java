package dev.mneme.turn;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.base.Json;
import dev.mneme.message.StopReason;
import dev.mneme.message.ToolReturn;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NextTest {
    private static final List<String> ATTACHED =
            List.of("plain", "exit", "goon", "parent", "counted", "child", "needed");

    private static RuleBook rules(boolean needed) {
        ArrayNode out = Json.array();
        rule(out, "exit_loop", "exit");
        rule(out, "continue_loop", "goon");
        rule(out, "constrain_child_tools", "parent");
        rule(out, "max_count_per_step", "counted");
        if (needed) {
            rule(out, "required_before_exit", "needed");
        }
        return RuleBook.of(out);
    }

    private static void rule(ArrayNode rules, String type, String tool) {
        rules.addObject()
                .put("type", type)
                .put("tool_name", tool)
                .put("max_count_limit", 9)
                .putArray("children")
                .add("child");
    }

    /** The outcome in a word: the stop reason, or "on" with what the note is about. */
    private static String words(Next next) {
        StopReason stop = next.stop();
        String note = next.heartbeat();
        if (stop != null) {
            assertThat(note).isNull();
            return stop.word();
        }
        return note == null ? "on" : "on: " + note.substring(note.indexOf(']') + 2);
    }

    @ParameterizedTest(name = "{0} asks on: {1}, broke a rule: {2}, another tool is required: {3}, last step: {4}")
    @CsvSource(
            delimiter = '|',
            value = {
                // tool, request_heartbeat, broke a rule, required tool open, last step, outcome
                "plain|false|false|false|false|end_turn",
                "plain|true |false|false|false|on: Function called using request_heartbeat=true, returning control",
                "plain|false|false|false|true |end_turn",
                "plain|true |false|false|true |max_steps",
                "plain|false|true |false|false|on: Continuing: tool rule violation.",
                "plain|false|true |false|true |max_steps",
                "exit  |false|false|false|false|end_turn",
                "exit  |true |false|false|false|tool_rule",
                "exit  |false|false|false|true |end_turn",
                "exit  |false|true |false|false|on: Continuing: tool rule violation.",
                "exit  |false|false|true |false|on: Continuing, user expects these tools: [needed] to be called still.",
                "exit  |true |false|true |true |tool_rule",
                "goon  |false|false|false|false|on: Continuing: continue tool rule.",
                "goon  |false|false|false|true |max_steps",
                "parent|false|false|false|false|on: Continuing: child tool rule.",
                "counted|false|false|false|false|on: Continuing: child tool rule.",
                "plain|false|false|true |false|on: Continuing, user expects these tools: [needed] to be called still.",
                "plain|false|false|true |true |max_steps",
                "needed|false|false|true |false|end_turn"
            })
    void anAgentThatWorksByCalls(
            String tool, boolean asksOn, boolean broke, boolean needed, boolean lastStep, String outcome) {
        assertThat(words(after(Kind.CALLING, tool, asksOn, broke, needed, lastStep)))
                .isEqualTo(outcome);
    }

    @ParameterizedTest(name = "{0} broke a rule: {1}, another tool is required: {2}, last step: {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "plain|false|false|false|on",
                "plain|false|false|true |max_steps",
                "plain|true |false|false|on",
                "plain|false|true |false|on",
                "goon  |false|false|false|on",
                "exit  |false|false|false|tool_rule",
                "exit  |false|false|true |tool_rule",
                "exit  |true |false|false|on",
                "exit  |false|true |false|on: Continuing, user expects these tools: [needed] to be called still.",
                "exit  |false|true |true |tool_rule"
            })
    void anAgentThatTalks(String tool, boolean broke, boolean needed, boolean lastStep, String outcome) {
        assertThat(words(after(Kind.TALKING, tool, false, broke, needed, lastStep)))
                .isEqualTo(outcome);
    }

    private static Next after(Kind kind, String tool, boolean asksOn, boolean broke, boolean needed, boolean lastStep) {
        String name = tool.strip();
        return Next.afterCalls(
                kind,
                rules(needed),
                List.of(new Next.Made(name, asksOn, broke)),
                broke ? CallHistory.NONE : CallHistory.NONE.plus(name, "ok"),
                ATTACHED,
                lastStep);
    }

    @Test
    void anyTerminalToolAmongSeveralEndsTheTurn() {
        List<Next.Made> made = List.of(new Next.Made("plain", false, false), new Next.Made("exit", false, false));
        assertThat(words(Next.afterCalls(Kind.TALKING, rules(false), made, CallHistory.NONE, ATTACHED, false)))
                .isEqualTo("tool_rule");
    }

    @ParameterizedTest
    @CsvSource({
        "false,'',false,end_turn",
        "true,'',false,max_tokens_exceeded",
        "false,'',true,end_turn",
        "false,'a b',false,'on: ToolRuleViolated: You must call a, b at least once to exit the loop.'",
        "false,a,true,max_steps"
    })
    void text(boolean truncated, String uncalled, boolean lastStep, String outcome) {
        List<String> names = uncalled.isEmpty() ? List.of() : List.of(uncalled.split(" "));
        assertThat(words(Next.afterText(truncated, names, lastStep))).isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({"success,using request_heartbeat", "error,call failed"})
    void aFailedCallIsNamedAsTheReasonWhereTheModelAskedItself(String status, String part) {
        Next asked = after(Kind.CALLING, "plain", true, false, false, false);
        assertThat(note(asked, status)).contains(part);
        Next ruled = after(Kind.CALLING, "goon", true, false, false, false);
        assertThat(note(ruled, status)).contains("continue tool rule");
    }

    private static String note(Next next, String status) {
        @Nullable String note = next.note(List.of(new ToolReturn("c", status, "", null, null)));
        return Objects.requireNonNull(note);
    }
}
