package dev.mneme.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApprovalsTest {
    private static final String ROW = "message-11111111-1111-4111-8111-1111111155a6";

    private static Message row(Role role, String id, List<ToolCall> calls, List<ToolReturn> returns) {
        return new Message(
                id,
                "agent",
                null,
                role,
                role == Role.USER ? List.of(new Content.Text("hi")) : List.of(),
                calls,
                returns,
                null,
                null,
                null,
                null,
                null,
                null,
                "step-1",
                "run-1",
                false,
                null,
                1);
    }

    private static List<ToolCall> calls(String ids) {
        return ids.isEmpty()
                ? List.of()
                : Arrays.stream(ids.split(" "))
                        .map(id -> new ToolCall(id, "tool_" + id, "{}"))
                        .toList();
    }

    /** A context in short: {@code u} a user's message, {@code a:1 2} an assistant row with calls, {@code ?:1} a request, {@code t:1} returns. */
    private static List<Message> context(String text) {
        List<Message> out = new ArrayList<>();
        for (String word : text.split(",")) {
            String ids = word.contains(":") ? word.substring(word.indexOf(':') + 1) : "";
            out.add(
                    switch (word.charAt(0)) {
                        case 'u' -> row(Role.USER, "message-u", List.of(), List.of());
                        case 'a' -> row(Role.ASSISTANT, "message-a", calls(ids), List.of());
                        case '?' -> row(Role.APPROVAL, ROW, calls(ids), List.of());
                        case '!' -> row(Role.APPROVAL, "message-r", List.of(), List.of());
                        case 't' ->
                            row(
                                    Role.TOOL,
                                    "message-t",
                                    List.of(),
                                    calls(ids).stream()
                                            .map(call -> new ToolReturn(call.id(), "success", "ok", null, null))
                                            .toList());
                        default -> throw new IllegalArgumentException(word);
                    });
        }
        return out;
    }

    /** An answer in short: {@code +1} yes, {@code -2} no, {@code =3} the client's own return. */
    private static List<Approvals.Verdict> verdicts(String text) {
        String items = text.isEmpty()
                ? ""
                : Arrays.stream(text.split(" "))
                        .map(word -> {
                            String id = word.substring(1);
                            return switch (word.charAt(0)) {
                                case '+' -> "{'type':'approval','tool_call_id':'%s','approve':true}".formatted(id);
                                case '-' ->
                                    "{'type':'approval','tool_call_id':'%s','approve':false,'reason':'no'}"
                                            .formatted(id);
                                default ->
                                    "{'type':'tool','tool_call_id':'%s','status':'success','tool_return':'42','stdout':['a'],'stderr':null}"
                                            .formatted(id);
                            };
                        })
                        .collect(Collectors.joining(","));
        return Approvals.read(("[" + items + "]").replace('\'', '"'));
    }

    @ParameterizedTest(name = "calls {0} of which {1} are guarded and {2} the client''s: {3} run, {4} wait")
    @CsvSource({
        "a b,     '',  '',  a b, ''",
        "a b,     b,   '',  a,   b",
        "a b c,   a,   c,   b,   a c",
        "a,       a,   a,   '',  a",
    })
    void guardedAndClientToolsWait(String names, String guarded, String client, String free, String waiting) {
        Set<String> asked = Set.of(guarded.split(" "));
        List<ToolCall> calls = Arrays.stream(names.split(" "))
                .map(name -> new ToolCall("call_" + name, name, "{}"))
                .toList();
        Approvals.Split split = Approvals.split(
                calls, name -> asked.contains(name) || Set.of(client.split(" ")).contains(name));
        assertThat(split.free().stream().map(ToolCall::name).collect(Collectors.joining(" ")))
                .isEqualTo(free);
        assertThat(split.waiting().stream().map(ToolCall::name).collect(Collectors.joining(" ")))
                .isEqualTo(waiting);
    }

    @ParameterizedTest
    @CsvSource({
        "message-11111111-1111-4111-8111-1111111155a6, message-11111111-1111-4111-8111-1111111155a5",
        "message-11111111-1111-4111-8111-000000000000, message-11111111-1111-4111-8110-ffffffffffff",
        "message-11111111-1111-4112-0000-000000000000, message-11111111-1111-4111-ffff-ffffffffffff",
    })
    void theIdBeforeIsOneLess(String id, String before) {
        assertThat(Approvals.idBefore(id)).isEqualTo(before);
    }

    @ParameterizedTest(name = "after {0} there waits {1}, beside {2}")
    @CsvSource({
        "'u',             -,    -",
        "'u,a:1',         -,    -",
        "'u,?:1',         1,    ''",
        "'u,a:1 2,?:3 4', 3 4,  1 2",
        "'u,?:1,!',       -,    -",
        "'u,?:1,!,t:1',   -,    -",
        "'?:1,u',         -,    -",
    })
    void onlyTheLastRowCanWait(String context, String waiting, String free) {
        Approvals.Pending pending = Approvals.pending(context(context));
        if (waiting.equals("-")) {
            assertThat(pending).isNull();
        } else {
            assertThat(pending).isNotNull();
            assertThat(pending.waiting()).isEqualTo(calls(waiting));
            assertThat(pending.free()).isEqualTo(calls(free));
        }
    }

    @ParameterizedTest(name = "{0} answered with {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "u,?:1         | +1       | run 1",
                "u,?:1         | -1       | denied 1",
                "u,?:1         | =1       | returned 1",
                "u,?:1         | +ROW     | run 1",
                "u,?:1         | -ROW     | denied 1",
                "u,a:9,?:1 2 3 | +1 -2 =3 | returned 3, denied 2, run 1 9",
                "u,a:9,?:1 2 3 | =3 -2 +1 | returned 3, denied 2, run 1 9",
                "u,?:1 2       | +1 +2    | run 1 2",
                "u,?:1 2       | +1       | Invalid tool call IDs. Expected '['1', '2']', but received '['1']'.",
                "u,?:1 2       | +ROW     | Invalid tool call IDs. Expected '['1', '2']', but received '['ROW']'.",
                "u,?:1         | +1 +1    | Invalid tool call IDs. Expected '['1']', but received '['1', '1']'.",
                "u,?:1         | +7       | Invalid tool call IDs. Expected '['1']', but received '['7']'.",
                "u,?:1         | ''       | Invalid approval response. Approval response message does not contain any approvals.",
                "u             | +1       | Cannot process approval response: No tool call is currently awaiting approval. Please send a regular message to interact with the agent.",
                "u,?:1,!,t:1,a | +1       | again",
                "u,?:1,!,t:1,a | +ROW     | again",
                "u,a:2,?:1,!,t:1 2 | -1   | again",
                "t:1,u,u,u,u,u,u,u,u,u   | +1 | again",
                "t:1,u,u,u,u,u,u,u,u,u,u | +1 | Cannot process approval response: No tool call is currently awaiting approval. Please send a regular message to interact with the agent.",
            })
    void answersAreMatchedExactly(String context, String answer, String outcome) {
        String given = answer.replace("ROW", ROW);
        if (outcome.startsWith("Invalid") || outcome.startsWith("Cannot")) {
            assertThatThrownBy(() -> Approvals.meaning(context(context), verdicts(given)))
                    .isInstanceOfSatisfying(Problem.class, problem -> {
                        assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_ARGUMENT);
                        assertThat(problem.detail()).isEqualTo(outcome.replace("ROW", ROW));
                    });
            return;
        }
        assertThat(words(Approvals.meaning(context(context), verdicts(given)))).isEqualTo(outcome);
    }

    private static String words(Approvals.Meaning meaning) {
        return switch (meaning) {
            case Approvals.Meaning.Repeat repeat -> "again";
            case Approvals.Meaning.Answer answer -> {
                Approvals.Settled settled = Approvals.settle(answer);
                List<String> out = new ArrayList<>(settled.closed().stream()
                        .map(one -> (one.back().ok() ? "returned " : "denied ")
                                + one.call().id())
                        .toList());
                if (!settled.toRun().isEmpty()) {
                    out.add("run " + settled.toRun().stream().map(ToolCall::id).collect(Collectors.joining(" ")));
                }
                yield String.join(", ", out);
            }
        };
    }

    @Test
    void whatIsDeniedSaysWhy() {
        Approvals.Pending pending = Approvals.pending(context("u,a:9,?:1"));
        assertThat(pending).isNotNull();
        assertThat(Approvals.closed(pending, "Too late.").stream()
                        .map(one -> one.back().text()))
                .containsExactly("Error: request to call tool denied. User reason: Too late.", Approvals.NOT_RUN);
        assertThat(Approvals.denials(pending, "Too late."))
                .isEqualTo(
                        "[{\"type\":\"approval\",\"tool_call_id\":\"1\",\"approve\":false,\"reason\":\"Too late.\"}]");
        var bare = Approvals.read("[{\"type\":\"approval\",\"tool_call_id\":\"1\",\"approve\":false}]");
        var answer = (Approvals.Meaning.Answer) Approvals.meaning(context("u,?:1"), bare);
        assertThat(Approvals.settle(answer).closed().getFirst().back().text())
                .isEqualTo("Error: request to call tool denied. User reason: None");
    }

    @Test
    void aClientsReturnIsKeptAsGiven() {
        var given = Approvals.read("""
                [{"type":"tool","tool_call_id":"1","status":"error","tool_return":[{"type":"text","text":"a"},{"type":"text","text":"b"}],
                  "stdout":["x"],"stderr":["y"]}]""");
        assertThat(given)
                .containsExactly(new Approvals.Verdict.Returned(new ToolReturn(
                        "1",
                        "error",
                        "a\nb",
                        List.of("x"),
                        List.of("y"),
                        List.of(new Content.Text("a"), new Content.Text("b")))));
    }

    @Test
    void aClientsListThatIsNoneOfPartsBecomesText() {
        var given = Approvals.read("""
                [{"type":"tool","tool_call_id":"1","status":"success","tool_return":[{"text":"a"},{"count":2}]}]""");
        assertThat(given)
                .containsExactly(
                        new Approvals.Verdict.Returned(new ToolReturn("1", "success", "a\n{\"count\":2}", null, null)));
    }
}
