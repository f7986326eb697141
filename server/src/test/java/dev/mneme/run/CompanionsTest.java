package dev.mneme.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.agent.Conversation;
import dev.mneme.agent.GroupConfig;
import dev.mneme.agent.GroupPatch;
import dev.mneme.agent.GroupState;
import dev.mneme.agent.Loaded;
import dev.mneme.agent.ManagerType;
import dev.mneme.agent.NewAgent;
import dev.mneme.agent.Relation;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.message.Content;
import dev.mneme.message.Role;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.ScriptedModels;
import dev.mneme.turn.InputMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Background agents: when they start, what they read, and that nobody notices when they fail. */
@Timeout(60)
class CompanionsTest {
    @TempDir
    Path folder;

    private final ScriptedModels models = new ScriptedModels();
    private final Map<String, Function<ModelRequest, List<ModelEvent>>> minds = new ConcurrentHashMap<>();
    private Deskware house;
    private String main = "";
    private String companion = "";
    private String group = "";

    @BeforeEach
    void open() {
        house = Deskware.on(folder, models);
        models.answer(request -> minds.getOrDefault(request.agentId(), r -> ScriptedModels.text("noted"))
                .apply(request));
        Loaded made = house.agents.create(
                Deskware.ORG,
                Deskware.USER,
                NewAgent.read(Json.object()
                        .put("model", "scripted/scripted")
                        .put("enable_sleeptime", true)
                        .put("name", "Main")));
        main = made.state().id();
        GroupState managed = Objects.requireNonNull(made.managedGroup());
        group = managed.id();
        companion = managed.agentIds().getFirst();
        minds.put(main, CompanionsTest::echo);
    }

    @AfterEach
    void close() {
        house.close();
    }

    /** Speaks as watched agents do: through send_message. */
    private static List<ModelEvent> echo(ModelRequest request) {
        String said = request.history().getLast().text();
        return ScriptedModels.call("send_message", Json.write(Map.of("message", "echo: " + said)));
    }

    private List<RunRow> background(int number) throws InterruptedException {
        List<RunRow> runs = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            runs = house.runs.list(
                    Deskware.ORG,
                    new RunFilter(List.of(companion), List.of(), null, null, null, null, null, true, 100));
            if (runs.size() >= number && runs.stream().allMatch(RunRow::ended)) {
                return runs;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("only " + runs);
    }

    private GroupState group() {
        return house.groups.get(Deskware.ORG, group);
    }

    private List<String> transcripts() {
        return house.context(companion).stream()
                .filter(row -> row.startsWith("user <system-reminder>"))
                .map(row -> row.substring(row.indexOf("Messages:")))
                .toList();
    }

    @Test
    void theFirstTurnAndThenEveryFifthIsRead() throws Exception {
        List<String> reported = new ArrayList<>();
        List<Integer> counters = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            reported.addAll(house.send(main, "turn " + i).backgroundRuns());
            counters.add(group().turnsCounter());
        }
        List<RunRow> runs = background(2);

        assertThat(counters).containsExactly(0, 1, 2, 3, 4, 0, 1);
        assertThat(runs).extracting(RunRow::id).containsExactlyElementsOf(reported);
        assertThat(runs).hasSize(2).allSatisfy(run -> {
            assertThat(run.status()).isEqualTo("completed");
            assertThat(run.background()).isFalse();
            JsonNode metadata = run.metadata();
            assertThat(metadata.path("run_type").asText()).isEqualTo("sleeptime_agent_send_message_async");
            assertThat(metadata.path("agent_id").asText()).isEqualTo(companion);
            assertThat(metadata.path("result").path("rows").path(0).asText()).isEqualTo("assistant noted");
        });
        assertThat(transcripts())
                .containsExactly(
                        "Messages:\nuser: turn 0\nassistant: echo: turn 0\nassistant: Tool call returned Sent message successfully.",
                        "Messages:\n" + lines(1) + "\n" + lines(2) + "\n" + lines(3) + "\n" + lines(4) + "\n"
                                + lines(5));
        String last = house.db
                .of(Deskware.ORG)
                .read(tx -> house.recall.contextIds(tx, main))
                .getLast();
        assertThat(group().lastProcessedMessageId()).isNotNull().isNotEqualTo(last);
    }

    private static String lines(int turn) {
        return "user: turn " + turn + "\nassistant: echo: turn " + turn
                + "\nassistant: Tool call returned Sent message successfully.";
    }

    @Test
    void withoutFrequencyEveryTurnIsReadAndWithZeroNone() throws Exception {
        frequency("null");
        assertThat(house.send(main, "a").backgroundRuns()).hasSize(1);
        assertThat(house.send(main, "b").backgroundRuns()).hasSize(1);
        background(2);
        frequency("0");
        assertThat(house.send(main, "c").backgroundRuns()).isEmpty();
        frequency("1");
        assertThat(house.send(main, "d").backgroundRuns()).hasSize(1);
        background(3);
        assertThat(transcripts().getLast()).contains("user: d").doesNotContain("user: c");
    }

    private void frequency(String value) {
        Integer frequency = value.equals("null") ? null : Integer.valueOf(value);
        house.groups.patch(
                Deskware.ORG,
                null,
                group,
                new GroupPatch(
                        null,
                        null,
                        new GroupConfig(
                                ManagerType.SLEEPTIME,
                                null,
                                null,
                                null,
                                frequency,
                                null,
                                null,
                                Set.of("sleeptime_agent_frequency")),
                        null,
                        null,
                        null,
                        Set.of("manager_config")));
    }

    @Test
    void aFailedTurnStartsNothingAndIsReadWithTheNext() throws Exception {
        minds.put(main, request -> ScriptedModels.refuse(ProblemCode.LLM_ERROR));
        assertThat(house.send(main, "lost").backgroundRuns()).isEmpty();
        assertThat(group().turnsCounter()).isEqualTo(-1);
        minds.put(main, CompanionsTest::echo);
        assertThat(house.send(main, "found").backgroundRuns()).hasSize(1);
        background(1);

        assertThat(transcripts().getFirst()).startsWith("Messages:\nuser: lost\nuser: found\n");
    }

    @Test
    void aFailingOrSlowCompanionIsNotNoticed() throws Exception {
        CountDownLatch free = new CountDownLatch(1);
        minds.put(companion, request -> {
            try {
                free.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return ScriptedModels.refuse(ProblemCode.LLM_ERROR);
        });
        frequency("null");
        for (int i = 0; i < DeskOptions.DEFAULTS.waitingPerThread() + 3; i++) {
            assertThat(house.send(main, "t" + i).result().failure()).isNull();
        }
        free.countDown();
        List<RunRow> runs = background(DeskOptions.DEFAULTS.waitingPerThread() + 1);

        assertThat(runs).allSatisfy(run -> {
            assertThat(run.status()).isEqualTo("failed");
            assertThat(run.metadata().has("error")).isTrue();
        });
    }

    @Test
    void aStopBetweenTheTurnAndItsReadingLosesNothing() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        minds.put(companion, request -> {
            begun.countDown();
            try {
                free.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return ScriptedModels.text("noted");
        });
        frequency("null");
        house.send(main, "one");
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        house.send(main, "two");
        house.restartDesk();
        free.countDown();
        List<RunRow> runs = background(2);

        assertThat(runs).extracting(RunRow::status).containsExactly("failed", "completed");
        assertThat(transcripts()).hasSize(2);
        assertThat(house.send(main, "three").backgroundRuns()).hasSize(1);
        assertThat(background(3).getLast().status()).isEqualTo("completed");
    }

    @Test
    void conversationsAreReadToo() throws Exception {
        String conversation = house.agents
                .conversations()
                .create(Deskware.ORG, Deskware.USER, main, new Conversation.Wish(null, null, null, List.of()))
                .state()
                .id();
        Submit submit = new Submit(
                Deskware.ORG,
                Deskware.USER,
                main,
                conversation,
                List.of(new InputMessage(Role.USER, List.of(new Content.Text("apart")), "o1", null, null, null)),
                RunOptions.blocking(),
                null,
                "",
                false);
        RunResult run = house.desk.await(Deskware.ORG, house.desk.submit(submit).runId());

        assertThat(run.backgroundRuns()).hasSize(1);
        background(1);
        assertThat(transcripts().getFirst()).startsWith("Messages:\nuser: apart\n");
        assertThat(house.agents
                        .load(Deskware.ORG, main, EnumSet.of(Relation.MANAGED_GROUP))
                        .managedGroup())
                .isNotNull();
    }
}
