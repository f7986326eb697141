package dev.mneme.run;

import static dev.mneme.testkit.Deskware.ORG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
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

/** Runs, turns and their log, through the desk. */
class DeskTest {
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

    private static RunOptions streaming() {
        RunOptions b = RunOptions.blocking();
        return new RunOptions(
                b.turn().withTokens(true),
                true,
                false,
                true,
                true,
                b.assistantToolName(),
                b.assistantToolArgument(),
                null,
                null,
                null);
    }

    private List<String> log(String runId, long after) {
        LogReader reader = ware.desk.follow(ORG, runId, after);
        List<String> out = new ArrayList<>();
        while (!reader.ended()) {
            LogRecord record = reader.next(Duration.ofSeconds(10));
            if (record != null) {
                out.add(record.data());
            }
        }
        return out;
    }

    @Test
    void textEndsTheTurnAndEverythingIsStored() {
        models.answer(request -> ScriptedModels.text("Hello Ada"));
        String agent = ware.agent();
        RunResult result = ware.send(agent, "hi");
        assertThat(result.rows()).extracting(Deskware::words).containsExactly("assistant Hello Ada");
        assertThat(result.result().reason()).isEqualTo(StopReason.END_TURN);
        assertThat(result.result().usage().totalTokens()).isEqualTo(12);
        assertThat(ware.context(agent)).containsExactly("user hi", "assistant Hello Ada");
        RunRow run = ware.runs.get(ORG, result.runId());
        assertThat(run.status()).isEqualTo("completed");
        assertThat(run.stopReason()).isEqualTo("end_turn");
        List<StepRow> steps = ware.runs.steps(ORG, StepFilter.ofRun(result.runId(), null, null, true, 10));
        assertThat(steps).hasSize(1);
        assertThat(steps.getFirst().totalTokens()).isEqualTo(12);
        assertThat(steps.getFirst().id()).isEqualTo(result.rows().getFirst().stepId());
    }

    @Test
    void aMemoryEditIsSeenByTheModelInItsNextStep() {
        models.answers(
                ScriptedModels.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"Likes tea\"}"),
                ScriptedModels.text("Noted"));
        String agent = ware.agent();
        assertThat(ware.send(agent, "I like tea").rows())
                .extracting(Deskware::words)
                .containsExactly(
                        "assistant calls memory_insert", "tool success: Name: Ada\nLikes tea", "assistant Noted");
        assertThat(models.requests).hasSize(2);
        assertThat(models.requests.get(0).system()).contains("Name: Ada").doesNotContain("Likes tea");
        assertThat(models.requests.get(1).system()).contains("Likes tea");
        assertThat(ware.db
                        .of(ORG)
                        .read(tx -> ware.recall.context(tx, agent))
                        .getFirst()
                        .text())
                .contains("Likes tea");
    }

    @Test
    void anUnchangedPromptStaysByteForByte() {
        String agent = ware.agent();
        ware.send(agent, "one");
        ware.send(agent, "two");
        ware.send(agent, "three");
        assertThat(models.requests.get(2).system())
                .isEqualTo(models.requests.get(1).system());
    }

    @Test
    void onlyTheFirstCallCountsUnlessParallelCallsAreOn() {
        models.answers(
                ScriptedModels.calls(
                        new ToolCall("call_1", "memory_insert", "{\"label\":\"human\",\"new_string\":\"one\"}"),
                        new ToolCall("call_2", "memory_insert", "{\"label\":\"human\",\"new_string\":\"two\"}")),
                ScriptedModels.text("done"));
        String agent = ware.agent();
        assertThat(ware.send(agent, "go").rows())
                .extracting(Deskware::words)
                .startsWith("assistant calls memory_insert", "tool success: Name: Ada\none");
    }

    @Test
    void aToolThatDoesNotExistAndBrokenArgumentsAreToldToTheModel() {
        models.answers(
                ScriptedModels.call("fly", "{}"),
                ScriptedModels.call("memory_insert", "{\"label\": \"human\", "),
                ScriptedModels.call("memory_insert", "[1]"),
                ScriptedModels.text("sorry"));
        String agent = ware.agent();
        List<String> rows =
                ware.send(agent, "go").rows().stream().map(Deskware::words).toList();
        assertThat(rows.get(1)).startsWith("tool error: [ToolConstraintError] Cannot call fly, valid tools include: [");
        // asked again within the step, and then told in a return
        assertThat(rows.get(3)).contains("tool error").contains("not a JSON object");
        assertThat(rows.get(4)).isEqualTo("assistant sorry");
        assertThat(models.requests).hasSize(4);
    }

    @Test
    void whatNoDatabaseTakesIsLeftOutOfAnAnswer() {
        models.answers(
                ScriptedModels.call("no\0such", "{}"),
                ScriptedModels.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"a\\u0000b\\ud800c\"}"),
                ScriptedModels.text("do\0ne\ud800"));
        List<String> rows = ware.send(ware.agent(), "go").rows().stream()
                .map(Deskware::words)
                .toList();
        assertThat(rows.get(1)).startsWith("tool error: [ToolConstraintError] Cannot call nosuch,");
        assertThat(rows.get(3)).endsWith("abc");
        assertThat(rows.get(4)).isEqualTo("assistant done");
    }

    @Test
    void theBudgetOfStepsEndsTheTurn() {
        models.answer(request -> ScriptedModels.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"x\"}"));
        String agent = ware.agent();
        RunOptions two = RunOptions.blocking(TurnOptions.DEFAULTS.withMaxSteps(2));
        RunResult result =
                ware.desk.await(ORG, ware.submit(agent, "go", null, false, two).runId());
        assertThat(result.result().reason()).isEqualTo(StopReason.MAX_STEPS);
        assertThat(result.result().steps()).isEqualTo(2);
        assertThat(ware.runs.get(ORG, result.runId()).status()).isEqualTo("completed");
    }

    @Test
    void aFailingModelFailsTheRunKeepsTheMessageAndTheAgentGoesOn() {
        models.answer(request -> ScriptedModels.refuse(ProblemCode.LLM_RATE_LIMIT));
        String agent = ware.agent();
        RunResult failed = ware.send(agent, "first");
        assertThat(failed.result().reason()).isEqualTo(StopReason.LLM_API_ERROR);
        assertThat(failed.result().failure().errorType()).isEqualTo("llm_rate_limit");
        assertThat(ware.runs.get(ORG, failed.runId()).status()).isEqualTo("failed");
        models.answer(request -> ScriptedModels.text("back"));
        ware.send(agent, "second");
        assertThat(ware.context(agent)).containsExactly("user first", "user second", "assistant back");
    }

    @Test
    void aCutStreamAndABugEndTheRunToo() {
        String agent = ware.agent();
        models.answer(request -> List.of());
        assertThat(ware.send(agent, "cut").result().reason()).isEqualTo(StopReason.LLM_API_ERROR);
        models.answer(request -> {
            throw new IllegalStateException("a bug");
        });
        RunResult bug = ware.send(agent, "bug");
        assertThat(bug.result().reason()).isEqualTo(StopReason.ERROR);
        assertThat(ware.runs.get(ORG, bug.runId()).status()).isEqualTo("failed");
        models.answer(request -> ScriptedModels.text("fine"));
        assertThat(ware.send(agent, "now").result().reason()).isEqualTo(StopReason.END_TURN);
    }

    @Test
    void messagesToOneAgentQueueInOrderAndBeyondTheLimitAreRefused() throws Exception {
        ware.close();
        DeskOptions small = new DeskOptions(2, Duration.ofSeconds(60), Duration.ofHours(3), Duration.ofSeconds(5));
        ware = new Deskware(new StoreOptions(folder, null, 4), models, small, List.of());
        CountDownLatch gate = new CountDownLatch(1);
        models.answer(request -> {
            waitFor(gate);
            return ScriptedModels.text("re " + request.history().getLast().text());
        });
        String agent = ware.agent();
        List<String> runs = new ArrayList<>();
        for (String text : List.of("a", "b", "c")) {
            runs.add(ware.submit(agent, text).runId());
        }
        assertThatThrownBy(() -> ware.submit(agent, "d")).isInstanceOfSatisfying(Problem.class, busy -> {
            assertThat(busy.code()).isEqualTo(ProblemCode.BUSY);
            assertThat(busy.extra()).containsEntry("run_id", runs.getFirst());
        });
        gate.countDown();
        assertThat(ware.desk.await(ORG, runs.get(2)).result().reason()).isEqualTo(StopReason.END_TURN);
        assertThat(ware.context(agent))
                .containsExactly("user a", "assistant re a", "user b", "assistant re b", "user c", "assistant re c");
    }

    private static void waitFor(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aRepeatJoinsTheFirstTry() {
        models.answer(request -> ScriptedModels.text("once"));
        String agent = ware.agent();
        Submitted first = ware.submit(agent, "hi", "otid-1", false, RunOptions.blocking());
        Submitted again = ware.submit(agent, "hi", "otid-1", false, RunOptions.blocking());
        assertThat(again).isEqualTo(new Submitted(first.runId(), true));
        assertThat(ware.desk.await(ORG, again.runId()).rows())
                .extracting(Deskware::words)
                .containsExactly("assistant once");
        Submitted plain = ware.submit(agent, "same body");
        Submitted repeated = ware.submit(agent, "same body", null, true, RunOptions.blocking());
        assertThat(repeated).isEqualTo(new Submitted(plain.runId(), true));
        assertThat(ware.submit(agent, "same body").joined()).isFalse();
        ware.desk.await(ORG, repeated.runId());
        assertThat(models.requests.size()).isLessThanOrEqualTo(3);
    }

    @Test
    void theLogOfAStreamIsTheSameLiveAndAfterwards() {
        models.answers(
                ScriptedModels.call("memory_insert", "{\"label\":\"human\",\"new_string\":\"tea\"}"),
                ScriptedModels.text("one two"));
        String agent = ware.agent();
        String run = ware.submit(agent, "go", null, false, streaming()).runId();
        List<String> live = log(run, 0);
        assertThat(live)
                .containsExactly(
                        "ping",
                        "*memory_insert",
                        "*{\"label\":\"human\",\"new_string\":\"tea\"}",
                        "assistant calls memory_insert",
                        "tool success: Name: Ada tea",
                        "+one ",
                        "+two",
                        "assistant one two",
                        "stop end_turn",
                        "used 24",
                        LogRecord.DONE);
        ware.desk.await(ORG, run);
        assertThat(log(run, 0)).hasSameSizeAs(live);
        assertThat(log(run, 8)).containsExactly("stop end_turn", "used 24", LogRecord.DONE);
        assertThat(log(run, 99)).isEmpty();
    }

    @Test
    void anAnswerWithoutDeltasIsStreamedAllTheSame() {
        models.answer(request -> List.of(ScriptedModels.text("all at once").getLast()));
        String agent = ware.agent();
        String run = ware.submit(agent, "go", null, false, streaming()).runId();
        assertThat(log(run, 0)).startsWith("ping", "+all at once");
    }

    @Test
    void anAgentDeletedInMidRunEndsTheRun() {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        models.answer(request -> {
            asked.countDown();
            waitFor(gate);
            return ScriptedModels.text("too late");
        });
        String agent = ware.agent();
        String run = ware.submit(agent, "hi").runId();
        waitFor(asked);
        LogReader reader = ware.desk.follow(ORG, run, 0);
        ware.agents.delete(ORG, agent);
        gate.countDown();
        List<String> seen = new ArrayList<>();
        while (!reader.ended()) {
            LogRecord record = reader.next(Duration.ofSeconds(10));
            if (record != null) {
                seen.add(record.data());
            }
        }
        assertThat(seen).containsExactly("stop error", "failed internal_error", LogRecord.DONE);
        assertThatThrownBy(() -> ware.submit(agent, "there?"))
                .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo(ProblemCode.NOT_FOUND));
    }

    @Test
    void afterAKilledServerTheAgentCanBeTalkedToAndWhatWaitedIsDone() {
        CountDownLatch asked = new CountDownLatch(1);
        models.answer(request -> {
            asked.countDown();
            waitFor(new CountDownLatch(1));
            return List.of();
        });
        String agent = ware.agent();
        String hanging = ware.submit(agent, "first").runId();
        waitFor(asked);
        String waiting = ware.submit(agent, "second").runId();
        models.answer(request -> ScriptedModels.text("here again"));
        ware.restartDesk();
        assertThat(ware.desk.await(ORG, waiting).result().reason()).isEqualTo(StopReason.END_TURN);
        RunRow dead = ware.runs.get(ORG, hanging);
        assertThat(dead.status()).isEqualTo("failed");
        assertThat(dead.error().path("message").asText())
                .contains("server stopped")
                .contains("send another");
        assertThat(ware.context(agent)).containsExactly("user first", "user second", "assistant here again");
        assertThat(log(hanging, 0)).containsExactly("stop error", "failed internal_error", LogRecord.DONE);
    }

    @Test
    void aToolThatBreaksInEitherHalfLeavesNoHalf() {
        ware.close();
        Tool breaking = new Tool() {
            @Override
            public ToolSpec spec() {
                return new ToolSpec("fetch_webpage", "breaks", Json.object());
            }

            @Override
            public ToolEffect call(com.fasterxml.jackson.databind.node.ObjectNode arguments, ToolContext context) {
                if (arguments.path("early").asBoolean()) {
                    throw new IllegalStateException("broke early");
                }
                return tx -> new ToolOutcome.Failed("could not", null);
            }
        };
        ware = new Deskware(new StoreOptions(folder, null, 4), models, DeskOptions.DEFAULTS, List.of(breaking));
        models.answers(
                ScriptedModels.call("fetch_webpage", "{\"early\":true}"),
                ScriptedModels.call("fetch_webpage", "{}"),
                ScriptedModels.text("ok"));
        String agent = ware.agent("fetch_webpage");
        assertThat(ware.send(agent, "go").rows())
                .extracting(Deskware::words)
                .containsExactly(
                        "assistant calls fetch_webpage",
                        "tool error: Error executing function fetch_webpage: broke early",
                        "assistant calls fetch_webpage",
                        "tool error: could not",
                        "assistant ok");
    }

    @Test
    void aStoppedServerTakesNothingMore() {
        String agent = ware.agent();
        ware.desk.close();
        assertThatThrownBy(() -> ware.submit(agent, "hi"))
                .isInstanceOfSatisfying(
                        Problem.class, p -> assertThat(p.detail()).contains("shutting down"));
    }
}
