package dev.mneme.run;

import static dev.mneme.testkit.Deskware.ORG;
import static dev.mneme.testkit.Deskware.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.NewAgent;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelException;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.Weight;
import dev.mneme.memory.MessageQuery;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.StopReason;
import dev.mneme.message.ToolCall;
import dev.mneme.message.Usage;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.ScriptedModels;
import dev.mneme.turn.Compacted;
import dev.mneme.turn.TurnOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contexts that fill up, through the desk. */
class CompactionTest {
    private static final int WINDOW = 2_000;

    @TempDir
    Path folder;

    private final ScriptedModels models = new ScriptedModels();
    private Deskware ware;

    /** What the agent answers, what the summariser. */
    private Function<ModelRequest, List<ModelEvent>> agentSays = request -> say(request, "fine");

    private Function<ModelRequest, List<ModelEvent>> summary = request -> say(request, "They talked.");

    @BeforeEach
    void open() {
        ware = Deskware.on(folder, models);
        models.answer(request -> summarises(request) ? summary.apply(request) : agentSays.apply(request));
    }

    @AfterEach
    void close() {
        ware.close();
    }

    private static boolean summarises(ModelRequest request) {
        String last = request.history().getLast().text();
        return request.history().getLast().role() == Role.USER
                && (last.startsWith("<start_transcript>") || last.contains("leave your view"));
    }

    private static int weight(ModelRequest request) {
        int sum = Weight.of(request.system()) + Weight.of(request.tools());
        for (Message row : request.history()) {
            sum += Weight.of(row, request.config());
        }
        return sum;
    }

    /** An answer with honest counts. */
    private static List<ModelEvent> say(ModelRequest request, String text) {
        int in = weight(request);
        int out = Weight.of(text);
        return List.of(new ModelEvent.Done(
                List.of(new Content.Text(text)), List.of(), false, new Usage(in, out, in + out, 0, 0, 0)));
    }

    private static List<ModelEvent> call(ModelRequest request, String id, String tool, String arguments) {
        int in = weight(request);
        return List.of(new ModelEvent.Done(
                List.of(), List.of(new ToolCall(id, tool, arguments)), false, new Usage(in, 10, in + 10, 0, 0, 0)));
    }

    private static ModelException tooLong() {
        return new ModelException(
                ProblemCode.LLM_CONTEXT_WINDOW,
                "The messages do not fit into the model's context window.",
                "CONTEXT_WINDOW_EXCEEDED: too long",
                null);
    }

    private String agent(String more) {
        ObjectNode wish = Json.object().put("model", "scripted/scripted").put("include_base_tools", false);
        wish.put("system", "You are a test.").put("context_window_limit", WINDOW);
        wish.putArray("tools").add("memory_insert");
        wish.putArray("memory_blocks").addObject().put("label", "human").put("value", "Name: Ada");
        wish.setAll((ObjectNode) Json.read(more.replace('\'', '"'), JsonNode.class));
        return ware.agents.create(ORG, USER, NewAgent.read(wish)).state().id();
    }

    private static String words(int tokens) {
        return "abc ".repeat(tokens);
    }

    private List<Message> rows(String agentId) {
        return ware.db.of(ORG).read(tx -> ware.recall.context(tx, agentId));
    }

    private List<String> log(String runId) {
        LogReader reader = ware.desk.follow(ORG, runId, 0);
        List<String> out = new ArrayList<>();
        while (!reader.ended()) {
            LogRecord record = reader.next(Duration.ofSeconds(10));
            if (record != null) {
                out.add(record.data().length() > 40 ? record.data().substring(0, 40) : record.data());
            }
        }
        return out;
    }

    private RunOptions openly() {
        TurnOptions turn = new TurnOptions(50, false, null, null, List.of(), null, true, false, null);
        return RunOptions.blocking(turn);
    }

    private void fill(String agent) {
        for (int i = 0; i < 5; i++) {
            ware.send(agent, "message " + i + " " + words(100));
        }
    }

    @Test
    void aStepThatFillsTheWindowIsFollowedByACompaction() {
        String agent = agent("{}");
        agentSays = request -> say(request, "answer " + words(100));
        String last = "";
        for (int i = 0; i < 20 && !isSummary(rows(agent), 1); i++) {
            last = ware.submit(agent, "m " + i + " " + words(100), null, false, openly())
                    .runId();
            ware.desk.await(ORG, last);
        }
        assertThat(log(last).stream().map(line -> line.replaceAll(" abc.*", "")).toList())
                .containsExactly(
                        "assistant answer",
                        "compacting post_step_context_check",
                        "summary They talked.",
                        "stop end_turn",
                        log(last).get(4),
                        "[DONE]");
        List<Message> rows = rows(agent);
        assertThat(rows.get(1).role()).isEqualTo(Role.SUMMARY);
        assertThat(rows.get(2).role()).isEqualTo(Role.ASSISTANT);
        JsonNode packed = Json.read(rows.get(1).text(), JsonNode.class);
        JsonNode stats = packed.path("compaction_stats");
        assertThat(stats.path("context_tokens_before").asInt()).isGreaterThan((int) (0.9 * WINDOW));
        assertThat(stats.path("context_tokens_after").asInt()).isLessThan((int) (0.8 * WINDOW));
        assertThat(stats.path("messages_count_after").asInt()).isEqualTo(rows.size());
        int left = stats.path("messages_count_before").asInt() - rows.size() + 1;
        assertThat(packed.path("message").asText())
                .isEqualTo("Note: " + left
                        + " messages from the beginning of the conversation have been hidden from view due to memory constraints.\n"
                        + "The following is a summary of the previous messages:\n They talked.");
        RunRow run = ware.runs.get(ORG, last);
        assertThat(run.usage()).isNotNull();
        assertThat(run.usage().contextTokens())
                .isEqualTo(stats.path("context_tokens_after").asInt());
        // The summariser's tokens are nobody's usage.
        assertThat(run.usage().steps()).isEqualTo(1);
        ModelRequest asked = models.requests.getLast();
        assertThat(asked.tools()).isEmpty();
        assertThat(asked.history().getLast().text()).startsWith("<start_transcript>\n[user] m 0 abc");
        // Recompiled: what left is counted now.
        assertThat(rows.getFirst().text()).contains(left + " earlier messages");
    }

    private static boolean isSummary(List<Message> rows, int index) {
        return rows.size() > index && rows.get(index).text().contains("summary of the previous");
    }

    @Test
    void withoutTheFlagTheSummaryIsAUsersMessage() {
        String agent = agent("{}");
        agentSays = request -> say(request, "answer " + words(1_500));
        RunResult result = ware.send(agent, "go");
        assertThat(result.rows()).hasSize(2);
        assertThat(result.rows().get(1).role()).isEqualTo(Role.USER);
        assertThat(result.rows().get(1).text()).startsWith("{\n  \"type\": \"system_alert\"");
        assertThat(result.result().reason()).isEqualTo(StopReason.END_TURN);
    }

    @Test
    void aCallThatWouldNotFitIsNotMade() {
        String agent = agent("{}");
        fill(agent);
        int before = models.requests.size();
        RunResult result = ware.send(agent, "a big one " + words(1_300));
        assertThat(result.result().reason()).isEqualTo(StopReason.END_TURN);
        // The summariser was asked first, then the agent: nothing was refused.
        assertThat(summarises(models.requests.get(before))).isTrue();
        ModelRequest asked = models.requests.get(before + 1);
        assertThat(weight(asked)).isLessThan(WINDOW);
        assertThat(asked.history().getLast().text()).startsWith("a big one");
        List<Message> history = ware.recall.list(ORG, MessageQuery.ofAgent(agent, null, null, null, 100, true));
        int summary = index(history, "They talked.");
        assertThat(history.get(summary + 1).text()).startsWith("a big one");
    }

    private static int index(List<Message> rows, String part) {
        for (int i = 0; i < rows.size(); i++) {
            if (rows.get(i).text().contains(part)) {
                return i;
            }
        }
        return -1;
    }

    @Test
    void aRefusalByTheProviderIsAnsweredByACompactionAndTheSameCall() {
        String agent = agent("{'context_window_limit': 100000}");
        fill(agent);
        AtomicInteger refused = new AtomicInteger();
        agentSays = request -> {
            if (refused.getAndIncrement() == 0) {
                throw tooLong();
            }
            return say(request, "now it fits");
        };
        RunResult result = ware.desk.await(
                ORG, ware.submit(agent, "and now", null, false, openly()).runId());
        assertThat(result.rows()).extracting(Deskware::words).last().isEqualTo("assistant now it fits");
        assertThat(result.rows().getFirst().role()).isEqualTo(Role.SUMMARY);
        assertThat(result.result().steps()).isEqualTo(1);
        assertThat(models.requests.getLast().history().getLast().text()).isEqualTo("and now");
    }

    @Test
    void aProviderThatRefusesAgainAndAgainLeadsToAClearEndAndTheAgentGoesOn() {
        String agent = agent("{'context_window_limit': 100000}");
        fill(agent);
        agentSays = request -> {
            throw tooLong();
        };
        models.requests.clear();
        RunResult result = ware.send(agent, "impossible");
        assertThat(result.result().reason()).isEqualTo(StopReason.LLM_API_ERROR);
        assertThat(result.result().failure()).isNotNull();
        assertThat(result.result().failure().kind()).isEqualTo(ProblemCode.LLM_CONTEXT_WINDOW);
        long asked = models.requests.stream().filter(each -> !summarises(each)).count();
        assertThat(asked).isBetween(3L, 6L);
        assertThat(rows(agent)).hasSizeLessThanOrEqualTo(3);
        agentSays = request -> say(request, "here again");
        assertThat(ware.send(agent, "hello?").rows())
                .extracting(Deskware::words)
                .contains("assistant here again");
    }

    @Test
    void aMessageThatIsTooLongItselfDoesNotBlockTheNext() {
        String agent = agent("{}");
        agentSays = request -> {
            if (weight(request) > WINDOW) {
                throw tooLong();
            }
            return say(request, "short");
        };
        RunResult result = ware.send(agent, "a book: " + words(5_000));
        assertThat(result.result().failure()).isNotNull();
        assertThat(result.result().failure().kind()).isEqualTo(ProblemCode.LLM_CONTEXT_WINDOW);
        assertThat(ware.send(agent, "sorry, in short").result().reason()).isEqualTo(StopReason.END_TURN);
    }

    @Test
    void aSummariserThatFailsIsFollowedByDroppingWholeTurnsWithANote() {
        String agent = agent("{}");
        summary = request -> ScriptedModels.refuse(ProblemCode.LLM_ERROR);
        agentSays = request -> say(request, "answer " + words(150));
        for (int i = 0; i < 30; i++) {
            assertThat(ware.send(agent, "m" + i + " " + words(50)).result().reason())
                    .isEqualTo(StopReason.END_TURN);
        }
        List<Message> rows = rows(agent);
        assertThat(rows.get(1).text())
                .contains("messages could not be summarised: INTERNAL_SERVER_ERROR: planned")
                .contains("The following is a summary of the previous messages");
        assertThat(rows.get(2).role()).isEqualTo(Role.USER);
    }

    @Test
    void anEarlierSummaryOutlivesASummariserThatAnswersNothing() {
        String agent = agent("{}");
        agentSays = request -> say(request, "answer " + words(150));
        summary = request -> say(request, "Ada likes tea.");
        while (!isSummary(rows(agent), 1)) {
            ware.send(agent, "m " + words(50));
        }
        summary = request -> say(request, " ");
        for (int i = 0; i < 15; i++) {
            ware.send(agent, "m " + words(50));
        }
        assertThat(rows(agent).get(1).text())
                .contains("Ada likes tea.")
                .contains("could not be summarised: scripted/scripted answered without a summary");
    }

    @Test
    void aPairAtTheCutStaysWhole() {
        String agent = agent("{}");
        AtomicInteger calls = new AtomicInteger();
        agentSays = request -> {
            int n = calls.incrementAndGet();
            return n % 2 == 1
                    ? call(
                            request,
                            "call_" + n,
                            "memory_insert",
                            "{\"label\":\"human\",\"new_string\":\"x\",\"insert_line\":0}")
                    : say(request, "done " + words(60));
        };
        for (int i = 0; i < 25; i++) {
            assertThat(ware.send(agent, "m" + i + " " + words(30)).result().reason())
                    .isEqualTo(StopReason.END_TURN);
            List<Message> rows = rows(agent);
            for (int at = 1; at < rows.size(); at++) {
                if (rows.get(at).role() == Role.TOOL) {
                    String id = rows.get(at).toolReturns().getFirst().toolCallId();
                    assertThat(rows.get(at - 1).toolCalls())
                            .extracting(ToolCall::id)
                            .contains(id);
                }
            }
        }
        assertThat(models.requests.stream().filter(CompactionTest::summarises)).isNotEmpty();
    }

    @Test
    void aPendingApprovalStaysThroughACompactionAndCanBeAnswered() {
        String agent = agent("{'tool_rules':[{'type':'requires_approval','tool_name':'memory_insert'}]}");
        fill(agent);
        // Too big for the window together with what is there, so the provider's count is over the mark at once.
        agentSays = request -> List.of(new ModelEvent.Done(
                List.of(),
                List.of(new ToolCall("call_1", "memory_insert", "{\"label\":\"human\",\"new_string\":\"Likes tea\"}")),
                false,
                new Usage(1_900, 50, 1_950, 0, 0, 0)));
        RunResult asked = ware.send(agent, "I like tea");
        assertThat(asked.result().reason()).isEqualTo(StopReason.REQUIRES_APPROVAL);
        List<Message> rows = rows(agent);
        assertThat(isSummary(rows, 1)).isTrue();
        assertThat(rows.getLast().role()).isEqualTo(Role.APPROVAL);
        assertThat(rows.getLast().toolCalls()).hasSize(1);
        assertThat(ware.desk
                        .compact(ORG, USER, agent, null, Json.object().put("mode", "all"))
                        .messagesAfter())
                .isEqualTo(3);
        agentSays = request -> say(request, "noted");
        RunResult answered = ware.desk.await(
                ORG,
                ware.answer(
                                agent,
                                "[{\"type\":\"approval\",\"tool_call_id\":\"call_1\",\"approve\":true}]",
                                RunOptions.blocking())
                        .runId());
        assertThat(answered.rows())
                .extracting(Deskware::words)
                .contains("tool success: Name: Ada\nLikes tea", "assistant noted");
    }

    @Test
    void aServerThatDiesWhileItSummarisesLeavesTheContextAsItWas() {
        String agent = agent("{}");
        fill(agent);
        List<String> before = ware.context(agent);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        summary = request -> {
            asked.countDown();
            await(never);
            return say(request, "too late");
        };
        Thread.ofVirtual().start(() -> ware.desk.compact(ORG, USER, agent, null, null));
        await(asked);
        ware.restartDesk();
        assertThat(ware.context(agent)).isEqualTo(before);
        agentSays = request -> say(request, "here again");
        assertThat(ware.send(agent, "hello?").result().reason()).isEqualTo(StopReason.END_TURN);
    }

    @Test
    void aTurnIsCompactedAfterOnlyOneOfItsSteps() {
        String agent = agent("{'context_window_limit': 3000}");
        AtomicInteger calls = new AtomicInteger();
        agentSays = request -> calls.incrementAndGet() < 8
                ? List.of(new ModelEvent.Done(
                        List.of(),
                        List.of(new ToolCall(
                                "call_" + calls.get(),
                                "memory_insert",
                                "{\"label\":\"human\",\"new_string\":\"x\",\"insert_line\":0}")),
                        false,
                        // A provider that finds the context nearly full at every step.
                        new Usage(2_700, 100, 2_800, 0, 0, 0)))
                : say(request, "done");
        RunResult result = ware.send(agent, "go");
        assertThat(result.result().steps()).isEqualTo(8);
        assertThat(models.requests.stream().filter(CompactionTest::summarises)).hasSize(1);
    }

    @Test
    void aSummariserWithATinyWindowGetsItInParts() {
        String agent = agent("{'context_window_limit': 60000}");
        models.window("tiny/model", 1_500);
        agentSays = request -> say(request, "answer " + words(300));
        for (int i = 0; i < 12; i++) {
            ware.send(agent, "m" + i + " " + words(300));
        }
        AtomicInteger part = new AtomicInteger();
        summary = request -> {
            assertThat(weight(request) * 1.2).isLessThan(1_500);
            return say(request, "part " + part.incrementAndGet());
        };
        Compacted done = ware.desk.compact(
                ORG, USER, agent, null, Json.object().put("model", "tiny/model").put("mode", "all"));
        assertThat(part.get()).isGreaterThan(5);
        assertThat(done.messagesBefore()).isEqualTo(25);
        assertThat(done.messagesAfter()).isEqualTo(2);
        assertThat(done.summary()).isEqualTo("part " + part.get());
        assertThat(models.requests.getLast().history().getLast().text()).contains("[summary of part 1] part");
    }

    @Test
    void aSummariserThatFindsEvenThePartsTooLongGetsSmallerOnes() {
        String agent = agent("{'context_window_limit': 60000}");
        for (int i = 0; i < 6; i++) {
            ware.send(agent, "m" + i + " " + words(800));
        }
        summary = request -> {
            if (weight(request) > 3_000) {
                throw tooLong();
            }
            return say(request, "short");
        };
        models.window("scripted/scripted", 8_000);
        Compacted done = ware.desk.compact(ORG, USER, agent, null, Json.object().put("mode", "all"));
        assertThat(done.summary()).isEqualTo("short");
    }

    @Test
    void anAgentThatSummarisesItselfIsAskedInItsOwnWords() {
        String agent = agent("{}");
        fill(agent);
        Compacted done = ware.desk.compact(ORG, USER, agent, null, Json.object().put("mode", "self_compact_all"));
        assertThat(done.messagesAfter()).isEqualTo(2);
        ModelRequest asked = models.requests.getLast();
        assertThat(asked.system())
                .isEqualTo(models.requests.get(models.requests.size() - 2).system());
        assertThat(asked.tools()).hasSize(1);
        assertThat(asked.history()).hasSize(11);
        assertThat(asked.history().getLast().text()).contains("only your summary will stay");
    }

    @Test
    void askingForACompactionSaysWhenThereIsNothingToGain() {
        String agent = agent("{}");
        assertThat(ware.desk.compact(ORG, USER, agent, null, null)).isEqualTo(new Compacted("", 1, 1));
        fill(agent);
        Compacted done = ware.desk.compact(ORG, USER, agent, null, Json.object().put("mode", "all"));
        assertThat(done).isEqualTo(new Compacted("They talked.", 11, 2));
        assertThat(ware.desk.compact(ORG, USER, agent, null, null)).isEqualTo(new Compacted("They talked.", 2, 2));
        assertThat(rows(agent).get(1).text())
                .contains("Note: prior messages have been hidden from view due to conversation memory constraints.")
                .doesNotContain("compaction_stats");
        summary = request -> ScriptedModels.refuse(ProblemCode.LLM_ERROR);
        fill(agent);
        assertThatThrownBy(() -> ware.desk.compact(ORG, USER, agent, null, null))
                .isInstanceOf(Problem.class);
        assertThat(rows(agent)).hasSize(12);
        assertThatThrownBy(() -> ware.desk.compact(ORG, USER, "agent-00000000-0000-4000-8000-000000000000", null, null))
                .isInstanceOfSatisfying(Problem.class, e -> assertThat(e.code()).isEqualTo(ProblemCode.NOT_FOUND));
    }

    @Test
    void whileATurnRunsACompactionIsRefusedAndTheOtherWayRoundMessagesWait() throws InterruptedException {
        String agent = agent("{}");
        fill(agent);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        agentSays = request -> {
            asked.countDown();
            await(go);
            return say(request, "late");
        };
        String run = ware.submit(agent, "slow").runId();
        asked.await();
        assertThatThrownBy(() -> ware.desk.compact(ORG, USER, agent, null, null))
                .isInstanceOfSatisfying(Problem.class, e -> {
                    assertThat(e.code()).isEqualTo(ProblemCode.BUSY);
                    assertThat(e.extra()).containsEntry("run_id", run);
                });
        go.countDown();
        ware.desk.await(ORG, run);
        CountDownLatch summarising = new CountDownLatch(1);
        CountDownLatch on = new CountDownLatch(1);
        summary = request -> {
            summarising.countDown();
            await(on);
            return say(request, "They talked.");
        };
        Thread compaction = Thread.ofVirtual().start(() -> ware.desk.compact(ORG, USER, agent, null, null));
        summarising.await();
        String waiting = ware.submit(agent, "meanwhile").runId();
        assertThat(ware.runs.get(ORG, waiting).status()).isEqualTo("created");
        on.countDown();
        compaction.join();
        assertThat(ware.desk.await(ORG, waiting).result().reason()).isEqualTo(StopReason.END_TURN);
        assertThat(isSummary(rows(agent), 1)).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aContextThatWasEmptiedMeanwhileIsLeftAlone() {
        String agent = agent("{}");
        fill(agent);
        summary = request -> {
            ware.agents.resetMessages(ORG, USER, agent, false);
            return say(request, "They talked.");
        };
        assertThatThrownBy(() -> ware.desk.compact(ORG, USER, agent, null, null))
                .isInstanceOf(Problem.class);
        assertThat(rows(agent)).hasSize(1);
    }

    @Test
    void aSystemPromptThatFillsTheWindowAloneEndsTheTurnClearly() {
        String agent = agent("{'context_window_limit': 300, 'system': '" + words(300) + "'}");
        RunResult result = ware.send(agent, "hi");
        assertThat(result.result().reason()).isEqualTo(StopReason.CONTEXT_WINDOW_OVERFLOW_IN_SYSTEM_PROMPT);
        assertThat(result.result().failure()).isNotNull();
        assertThat(result.result().failure().detail())
                .matches(
                        "(?s)CONTEXT_WINDOW_EXCEEDED: The system prompt tokens \\d+ exceeds the context window 300\\. .*");
        assertThat(ware.context(agent)).containsExactly("user hi", "assistant fine");
        assertThat(ware.runs.get(ORG, result.runId()).status()).isEqualTo("failed");
    }
}
