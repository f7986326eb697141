package dev.mneme.run;

import static dev.mneme.testkit.Deskware.ORG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.message.StopReason;
import dev.mneme.store.StoreOptions;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stopping runs, and requests for approval that nobody answers (contract 02 §10). */
class StoppingTest {
    private static final String GUARD =
            "{\"tool_rules\":[{\"type\":\"requires_approval\",\"tool_name\":\"memory_insert\"}]}";
    private static final String DENIED = "tool error: Error: request to call tool denied. User reason: ";

    @TempDir
    Path folder;

    private final ScriptedModels models = new ScriptedModels();
    private Deskware ware;

    private void open(DeskOptions options) {
        ware = new Deskware(new StoreOptions(folder, null, 4), models, options, List.of());
    }

    @AfterEach
    void close() {
        ware.close();
    }

    private static void hang(CountDownLatch asked) {
        asked.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aModelCallIsBrokenOffAndWhoWaitsIsStoppedInLine() throws Exception {
        open(DeskOptions.DEFAULTS);
        CountDownLatch asked = new CountDownLatch(1);
        models.answer(request -> {
            hang(asked);
            return List.of();
        });
        String agent = ware.agent();
        String working = ware.submit(agent, "one").runId();
        asked.await();
        String waiting = ware.submit(agent, "two").runId();
        assertThat(ware.desk.cancellable(ORG, agent, null)).containsExactlyInAnyOrder(working, waiting);
        assertThat(ware.desk.cancel(ORG, List.of(waiting, working, "run-00000000-0000-4000-8000-00000000dead")))
                .isEqualTo(Map.of(
                        working,
                        "cancelled",
                        waiting,
                        "cancelled",
                        "run-00000000-0000-4000-8000-00000000dead",
                        "failed"));
        for (String run : List.of(working, waiting)) {
            assertThat(ware.desk.await(ORG, run).result().reason()).isEqualTo(StopReason.CANCELLED);
            assertThat(ware.runs.get(ORG, run).status()).isEqualTo("cancelled");
            assertThat(log(run)).containsExactly("stop cancelled", LogRecord.DONE);
        }
        assertThat(ware.desk.cancellable(ORG, agent, null)).isEmpty();
        models.answer(request -> ScriptedModels.text("here"));
        ware.send(agent, "three");
        assertThat(ware.context(agent)).containsExactly("user one", "user three", "assistant here");
        assertThat(ware.desk.cancel(ORG, List.of(working))).containsEntry(working, "cancelled");
    }

    @Test
    void aRunThatWaitsForApprovalIsTakenBack() {
        open(DeskOptions.DEFAULTS);
        models.answers(ScriptedModels.call("memory_insert", "{}"), ScriptedModels.text("fine"));
        String agent = ware.agentWith(GUARD);
        String run = ware.send(agent, "go").runId();
        assertThat(ware.desk.cancellable(ORG, agent, agent)).containsExactly(run);
        assertThat(ware.desk.cancel(ORG, List.of(run))).containsEntry(run, "cancelled");
        assertThat(ware.runs.get(ORG, run).status()).isEqualTo("cancelled");
        assertThat(ware.context(agent))
                .containsExactly(
                        "user go",
                        "approval calls memory_insert",
                        "approval",
                        DENIED + "The user cancelled the request, so the tool call was denied.");
        assertThat(ware.desk.cancellable(ORG, agent, null)).isEmpty();
        assertThat(ware.send(agent, "hello").result().reason()).isEqualTo(StopReason.END_TURN);
    }

    @Test
    void aWishThatCameToAnotherServerIsSeen() throws Exception {
        open(DeskOptions.DEFAULTS);
        CountDownLatch asked = new CountDownLatch(1);
        models.answer(request -> {
            hang(asked);
            return List.of();
        });
        String agent = ware.agent();
        String run = ware.submit(agent, "one").runId();
        asked.await();
        ware.db.of(ORG).write(tx -> {
            StoppingSql.wish(tx, run);
            return true;
        });
        List<String> wished = ware.db.everywhere().read(tx -> StoppingSql.wished(tx, List.of(run)));
        assertThat(wished).containsExactly(run);
        ware.desk.cancel(ORG, List.of(run));
    }

    @Test
    void aRequestThatNobodyAnswersIsDeniedInTime() throws Exception {
        open(DeskOptions.DEFAULTS.withApprovalExpiry(Duration.ofMillis(1)));
        models.answers(ScriptedModels.call("memory_insert", "{}"), ScriptedModels.text("fine"));
        String agent = ware.agentWith(GUARD);
        ware.send(agent, "go");
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (ware.context(agent).size() < 4 && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(ware.context(agent).getLast()).isEqualTo(DENIED + "Nobody answered within 0 seconds.");
        assertThat(ware.send(agent, "hello").result().reason()).isEqualTo(StopReason.END_TURN);
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
