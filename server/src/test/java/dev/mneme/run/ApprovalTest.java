package dev.mneme.run;

import static dev.mneme.testkit.Deskware.ORG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.StopReason;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import dev.mneme.store.StoreOptions;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.ScriptedModels;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import dev.mneme.turn.TurnOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that wait for an answer from outside, through the desk (contract 02 §9). */
class ApprovalTest {
    private static final String GUARD =
            "{\"tool_rules\":[{\"type\":\"requires_approval\",\"tool_name\":\"memory_insert\"}]}";
    private static final String TEA = "{\"label\":\"human\",\"new_string\":\"Likes tea\"}";
    private static final String YES =
            "[{\"type\":\"approval\",\"tool_call_id\":\"call_memory_insert\",\"approve\":true}]";
    private static final String NO =
            "[{\"type\":\"approval\",\"tool_call_id\":\"call_memory_insert\",\"approve\":false,\"reason\":\"no\"}]";

    @TempDir
    Path folder;

    private final ScriptedModels models = new ScriptedModels();
    private Deskware ware;

    @BeforeEach
    void open() {
        ware = Deskware.on(folder, models);
    }

    @AfterEach
    void close() {
        ware.close();
    }

    private RunResult answer(String agent, String approvals, String... more) {
        return ware.desk.await(
                ORG, ware.answer(agent, approvals, RunOptions.blocking(), more).runId());
    }

    private List<String> words(RunResult result) {
        return result.rows().stream().map(Deskware::words).toList();
    }

    @Test
    void aGuardedCallWaitsAndRunsOnceItIsApproved() {
        models.answers(ScriptedModels.call("memory_insert", TEA), ScriptedModels.text("Noted"));
        String agent = ware.agentWith(GUARD);
        RunResult asked = ware.send(agent, "I like tea");
        assertThat(words(asked)).containsExactly("approval calls memory_insert");
        assertThat(asked.result().reason()).isEqualTo(StopReason.REQUIRES_APPROVAL);
        assertThat(ware.runs.get(ORG, asked.runId()).status()).isEqualTo("completed");
        Message request = asked.rows().getFirst();
        assertThat(request.toolCalls()).containsExactly(new ToolCall("call_memory_insert", "memory_insert", TEA));

        assertThatThrownBy(() -> ware.submit(agent, "and?")).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.code()).isEqualTo(ProblemCode.PENDING_APPROVAL);
            assertThat(problem.extra()).containsEntry("pending_request_id", request.id());
        });
        assertThat(ware.context(agent)).containsExactly("user I like tea", "approval calls memory_insert");

        RunResult answered = answer(agent, YES);
        assertThat(words(answered)).containsExactly("tool success: Name: Ada\nLikes tea", "assistant Noted");
        assertThat(answered.result().steps()).isEqualTo(1);
        assertThat(answered.result().usage().totalTokens()).isEqualTo(12);
        assertThat(answered.rows().getFirst().stepId()).isEqualTo(request.stepId());
        assertThat(answered.rows().getFirst().name()).isEqualTo("memory_insert");
        assertThat(ware.context(agent))
                .containsExactly(
                        "user I like tea",
                        "approval calls memory_insert",
                        "approval",
                        "tool success: Name: Ada\nLikes tea",
                        "assistant Noted");
        assertThat(models.requests.getLast().system()).contains("Likes tea");
    }

    @Test
    void aDeniedCallIsToldToTheModelAndFollowUpsComeBehindIt() {
        models.answers(ScriptedModels.call("memory_insert", TEA), ScriptedModels.text("As you like"));
        String agent = ware.agentWith(GUARD);
        ware.send(agent, "I like tea");
        RunResult answered = answer(agent, NO, "Ask me tomorrow");
        assertThat(words(answered))
                .containsExactly(
                        "tool error: Error: request to call tool denied. User reason: no", "assistant As you like");
        assertThat(answered.rows().getFirst().name()).isNull();
        assertThat(ware.context(agent))
                .containsExactly(
                        "user I like tea",
                        "approval calls memory_insert",
                        "approval",
                        "tool error: Error: request to call tool denied. User reason: no",
                        "user Ask me tomorrow",
                        "assistant As you like");
        assertThat(models.requests.getLast().history().getLast().text()).isEqualTo("Ask me tomorrow");
    }

    @Test
    void wrongAndLateAnswersChangeNothing() {
        models.answers(ScriptedModels.call("memory_insert", TEA), ScriptedModels.text("Noted"));
        String agent = ware.agentWith(GUARD);
        assertThatThrownBy(() -> answer(agent, YES))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("No tool call is currently");
        ware.send(agent, "I like tea");
        assertThatThrownBy(() -> answer(agent, YES.replace("call_memory_insert", "other")))
                .isInstanceOf(Problem.class)
                .hasMessage("Invalid tool call IDs. Expected '['call_memory_insert']', but received '['other']'.");
        assertThat(ware.context(agent)).hasSize(2);
        answer(agent, YES);
        int asked = models.requests.size();
        RunResult again = answer(agent, YES);
        assertThat(words(again)).containsExactly("assistant Noted");
        assertThat(models.requests).hasSize(asked + 1);
        assertThat(ware.context(agent))
                .filteredOn(row -> row.startsWith("tool"))
                .hasSize(1);
        assertThat(ware.context(agent).get(5)).startsWith("user <system-alert>Automated keep-alive ping.");
        answer(agent, YES, "So?");
        assertThat(ware.context(agent)).contains("user So?");
    }

    @Test
    void callsOfOneAnswerWaitTogether() {
        ToolSpec clock = new ToolSpec("clock", "tells the time", Json.object().put("type", "object"));
        TurnOptions options = new TurnOptions(50, true, null, null, List.of(clock), null, false, false, null);
        RunOptions how = new RunOptions(options, true, false, true, true, "send_message", "message", null, null, null);
        models.answers(
                ScriptedModels.calls(
                        new ToolCall(
                                "call_1",
                                "memory_replace",
                                "{\"label\":\"human\",\"old_string\":\"Ada\",\"new_string\":\"Eve\"}"),
                        new ToolCall("call_2", "memory_insert", TEA),
                        new ToolCall("call_3", "clock", "{}")),
                ScriptedModels.text("Done"));
        String agent = ware.agentWith(GUARD.replaceFirst("}$", ",\"parallel_tool_calls\":true}"));
        String run = ware.submit(agent, "go", null, false, how).runId();
        RunResult asked = ware.desk.await(ORG, run);
        assertThat(words(asked))
                .containsExactly("assistant calls memory_replace", "approval calls memory_insert calls clock");
        String first = asked.rows().get(0).id();
        String second = asked.rows().get(1).id();
        assertThat(Long.parseUnsignedLong(second.substring(second.length() - 12), 16))
                .isEqualTo(Long.parseUnsignedLong(first.substring(first.length() - 12), 16) - 1);
        assertThat(log(run))
                .contains("*memory_replace", "?memory_insert", "?" + TEA, "?clock", "stop requires_approval")
                .doesNotContain("*clock");
        assertThat(models.requests.getFirst().tools())
                .extracting(ToolSpec::name)
                .contains("clock", "memory_insert");

        RunResult answered = answer(
                agent,
                "[{\"type\":\"approval\",\"tool_call_id\":\"call_2\",\"approve\":false},"
                        + "{\"type\":\"tool\",\"tool_call_id\":\"call_3\",\"status\":\"success\",\"tool_return\":\"noon\"}]");
        assertThat(words(answered))
                .containsExactly(
                        "tool success: noon error: Error: request to call tool denied. User reason: None success: Name: Eve",
                        "assistant Done");
        assertThat(answered.rows().getFirst().name()).isEqualTo("memory_replace");
        assertThat(models.requests.getLast().history())
                .extracting(Message::role)
                .contains(Role.TOOL);
    }

    @Test
    void aMessageThatWaitedInLineIsRefusedWhenTheAgentCameToAsk() {
        CountDownLatch gate = new CountDownLatch(1);
        models.answer(request -> {
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return ScriptedModels.call("memory_insert", TEA);
        });
        String agent = ware.agentWith(GUARD);
        String first = ware.submit(agent, "one").runId();
        String second = ware.submit(agent, "two").runId();
        gate.countDown();
        assertThat(ware.desk.await(ORG, first).result().reason()).isEqualTo(StopReason.REQUIRES_APPROVAL);
        RunResult refused = ware.desk.await(ORG, second);
        assertThat(refused.result().failure().kind()).isEqualTo(ProblemCode.PENDING_APPROVAL);
        assertThat(ware.runs.get(ORG, second).status()).isEqualTo("failed");
        assertThat(log(second)).containsExactly("stop error", "failed internal_error", LogRecord.DONE);
        assertThat(ware.history(agent)).containsExactly("user one", "user two", "approval calls memory_insert");
        assertThat(ware.context(agent)).containsExactly("user one", "approval calls memory_insert");
    }

    @Test
    void theBudgetCountsTheStepThatRanTheApprovedCall() {
        models.answers(ScriptedModels.call("memory_insert", TEA), ScriptedModels.text("Noted"));
        String agent = ware.agentWith(GUARD);
        ware.send(agent, "I like tea");
        RunOptions one = RunOptions.blocking(TurnOptions.DEFAULTS.withMaxSteps(1));
        RunResult answered = ware.desk.await(ORG, ware.answer(agent, YES, one).runId());
        assertThat(words(answered)).containsExactly("tool success: Name: Ada\nLikes tea");
        assertThat(answered.result().reason()).isEqualTo(StopReason.MAX_STEPS);
    }

    @Test
    void aServerThatStopsWhileAnApprovedCallRunsLeavesAPair() throws Exception {
        ware.close();
        CountDownLatch called = new CountDownLatch(1);
        Tool hanging = new Tool() {
            @Override
            public ToolSpec spec() {
                return new ToolSpec("fetch_webpage", "hangs", Json.object());
            }

            @Override
            public ToolEffect call(ObjectNode arguments, ToolContext context) {
                called.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return tx -> new ToolOutcome.Failed("stopped", null);
            }
        };
        ware = new Deskware(new StoreOptions(folder, null, 4), models, DeskOptions.DEFAULTS, List.of(hanging));
        models.answers(ScriptedModels.call("fetch_webpage", "{}"), ScriptedModels.text("Noted"));
        String agent = ware.agentWith(GUARD.replace("memory_insert", "fetch_webpage"), "fetch_webpage");
        ware.send(agent, "fetch");
        ware.answer(agent, YES.replace("memory_insert", "fetch_webpage"), RunOptions.blocking(), "and then");
        called.await();
        ware.restartDesk();
        assertThat(ware.context(agent))
                .containsExactly(
                        "user fetch",
                        "approval calls fetch_webpage",
                        "approval",
                        "tool error: The call was interrupted: the server stopped.",
                        "user and then");
        assertThat(words(ware.send(agent, "hello"))).containsExactly("assistant Noted");
    }

    private List<String> log(String runId) {
        LogReader reader = ware.desk.follow(ORG, runId, 0);
        List<String> out = new ArrayList<>();
        while (!reader.ended()) {
            LogRecord record = reader.next(Duration.ofSeconds(10));
            if (record != null) {
                out.add(record.data());
            }
        }
        return out;
    }
}
