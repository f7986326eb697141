package dev.mneme.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Json;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.message.Message;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.ScriptedModels;
import dev.mneme.testkit.TestDb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Agents that talk with each other: answers, circles, fan-out, chains, and callers that go away. */
@Timeout(60)
class MailroomTest {
    private static final String ASK = "send_message_to_agent_and_wait_for_reply";
    private static final String TAGGED = "send_message_to_agents_matching_tags";
    private static final String TELL = "send_message_to_agent_async";

    @TempDir
    Path folder;

    private final ScriptedModels models = new ScriptedModels();
    private final Map<String, Function<ModelRequest, List<ModelEvent>>> minds = new ConcurrentHashMap<>();
    private Deskware house;

    @BeforeEach
    void open() {
        house = Deskware.on(folder, models);
        models.answer(request -> minds.getOrDefault(request.agentId(), r -> ScriptedModels.text("ok"))
                .apply(request));
    }

    @AfterEach
    void close() {
        house.close();
    }

    private String agent() {
        return house.agent(ASK, TAGGED, TELL);
    }

    private static List<ModelEvent> call(String tool, String agentId, String message) {
        return ScriptedModels.call(tool, Json.write(Map.of("message", message, "other_agent_id", agentId)));
    }

    /** Calls once in each turn, then says what it got. */
    private static Function<ModelRequest, List<ModelEvent>> once(List<ModelEvent> call) {
        return request -> {
            Message last = request.history().getLast();
            return last.toolReturns().isEmpty()
                    ? call
                    : ScriptedModels.text("got " + last.toolReturns().getFirst().text());
        };
    }

    private static String said(RunResult run) {
        Message last = run.rows().getLast();
        return last.toolReturns().isEmpty()
                ? last.text()
                : "got " + last.toolReturns().getFirst().text();
    }

    @Test
    void anAnswerComesBackAsJson() {
        String a = agent();
        String b = agent();
        minds.put(a, once(call(ASK, b, "Ping Me")));
        minds.put(b, request -> ScriptedModels.text("pong"));

        assertThat(said(house.send(a, "go"))).isEqualTo("got {\"agent_id\":\"" + b + "\",\"response\":[\"pong\"]}");
        assertThat(said(house.send(a, "and again"))).contains("[\"pong\"]");
        assertThat(house.context(b))
                .containsExactly(
                        "system [Incoming message from agent with ID '" + a
                                + "' - your response will be delivered to the sender] Ping Me",
                        "assistant pong",
                        "system [Incoming message from agent with ID '" + a
                                + "' - your response will be delivered to the sender] Ping Me",
                        "assistant pong");
    }

    @Test
    void nobodyWaitsForHimself() {
        String a = agent();
        String b = agent();
        minds.put(a, once(call(ASK, b, "hello")));
        minds.put(b, once(call(ASK, a, "hello back")));

        assertThat(said(house.send(a, "go")))
                .contains("itself waiting for your answer")
                .contains(b);
        assertThat(said(house.send(b, "go")))
                .contains("itself waiting for your answer")
                .contains(a);
        minds.put(a, once(call(ASK, a, "me")));
        assertThat(said(house.send(a, "go"))).contains("cannot send a message to itself");
    }

    @Test
    void twoThatAskEachOtherAtOnceBothGetThrough() throws Exception {
        String a = agent();
        String b = agent();
        CyclicBarrier both = new CyclicBarrier(2);
        for (String[] pair : new String[][] {{a, b}, {b, a}}) {
            minds.put(pair[0], request -> {
                Message last = request.history().getLast();
                if (!last.toolReturns().isEmpty()) {
                    return ScriptedModels.text(
                            "got " + last.toolReturns().getFirst().text());
                }
                if (!last.text().equals("go")) {
                    return ScriptedModels.text("answer");
                }
                await(both);
                return call(ASK, pair[1], "you?");
            });
        }
        Submitted first = house.submit(a, "go");
        Submitted second = house.submit(b, "go");
        String answers = said(house.desk.await(Deskware.ORG, first.runId()))
                + said(house.desk.await(Deskware.ORG, second.runId()));

        assertThat(answers).contains("itself waiting for your answer").contains("[\"answer\"]");
    }

    @Test
    void anAsyncMessageWaitsForNobody() throws Exception {
        String a = agent();
        String b = agent();
        CountDownLatch free = new CountDownLatch(1);
        minds.put(a, once(call(TELL, b, "Later")));
        minds.put(b, request -> {
            await(free);
            return ScriptedModels.text("read");
        });

        assertThat(said(house.send(a, "go"))).isEqualTo("got Successfully sent message");
        free.countDown();
        assertThat(runsOf(b, 1)).allSatisfy(run -> assertThat(run.status()).isEqualTo("completed"));
        assertThat(house.context(b).getFirst())
                .isEqualTo(
                        "system [Incoming message from agent with ID '" + a
                                + "' - this is a one-way notification; if you need to respond, use an agent-to-agent messaging tool if available] Later");
    }

    @Test
    void aMatterIsNotPassedOnForEver() throws Exception {
        String a = agent();
        String b = agent();
        minds.put(a, once(call(TELL, b, "your turn")));
        minds.put(b, once(call(TELL, a, "no, yours")));
        house.send(a, "go");

        runsOf(a, 1 + Waits.DEEPEST / 2);
        runsOf(b, Waits.DEEPEST / 2);
        Thread.sleep(300);
        assertThat(all(a).size() + all(b).size()).isEqualTo(1 + Waits.DEEPEST);
        assertThat(String.join("", house.context(a))).contains("not passed on any further");
    }

    @Test
    void thirtyAgentsAnswerSideBySide() {
        CountDownLatch everybody = new CountDownLatch(30);
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < 30; i++) {
            String member = house.agents
                    .create(Deskware.ORG, Deskware.USER, dev.mneme.agent.NewAgent.read(tagged(i)))
                    .state()
                    .id();
            String word = "answer" + i;
            names.put(member, word);
            minds.put(member, request -> {
                everybody.countDown();
                await(everybody);
                return ScriptedModels.text(word);
            });
        }
        String a = agent();
        minds.put(
                a,
                once(ScriptedModels.call(TAGGED, "{\"message\":\"Hi\",\"match_all\":[\"crew\"],\"match_some\":[]}")));
        String all = said(house.send(a, "go"));

        names.forEach((member, word) ->
                assertThat(all).contains("{\"agent_id\":\"" + member + "\",\"response\":[\"" + word + "\"]}"));
        minds.put(
                a,
                once(ScriptedModels.call(
                        TAGGED, "{\"message\":\"Hi\",\"match_all\":[\"crew\"],\"match_some\":[\"n3\",\"n4\"]}")));
        assertThat(said(house.send(a, "go")))
                .contains("answer3")
                .contains("answer4")
                .doesNotContain("answer5");
        minds.put(
                a,
                once(ScriptedModels.call(TAGGED, "{\"message\":\"Hi\",\"match_all\":[\"none\"],\"match_some\":[]}")));
        assertThat(said(house.send(a, "go"))).isEqualTo("got []");
    }

    private static com.fasterxml.jackson.databind.node.ObjectNode tagged(int i) {
        var wish = Json.object().put("model", "scripted/scripted").put("include_base_tools", false);
        wish.putArray("tags").add("crew").add("n" + i);
        return wish;
    }

    @Test
    void refusalsAreWordsForTheModel() {
        String a = agent();
        minds.put(a, once(call(ASK, "agent-00000000-0000-4000-8000-00000000dead", "x")));
        assertThat(said(house.send(a, "go")))
                .contains("Agent with ID agent-00000000-0000-4000-8000-00000000dead not found");
        minds.put(a, once(call(TELL, "somebody", "x")));
        assertThat(said(house.send(a, "go"))).contains("'somebody' is no agent id");
        minds.put(a, once(ScriptedModels.call(TAGGED, "{\"message\":\"Hi\",\"match_all\":[],\"match_some\":[]}")));
        assertThat(said(house.send(a, "go"))).contains("Name at least one tag");
        String b = agent();
        minds.put(a, once(call(ASK, b, "x")));
        minds.put(b, request -> ScriptedModels.refuse(dev.mneme.base.ProblemCode.LLM_ERROR));
        assertThat(said(house.send(a, "go"))).contains("did not answer").contains("planned");
    }

    @Test
    void aSilentAgentAndAnImpatientCallerLeaveNobodyStuck() {
        house.mail.impatient(Duration.ofMillis(300));
        String a = agent();
        String b = agent();
        CountDownLatch free = new CountDownLatch(1);
        minds.put(a, once(call(ASK, b, "x")));
        minds.put(b, request -> {
            await(free);
            return ScriptedModels.text("at last");
        });

        assertThat(said(house.send(a, "go"))).contains("its answer will not reach you");
        minds.put(a, request -> ScriptedModels.text("fine"));
        assertThat(said(house.send(a, "you?"))).isEqualTo("fine");
        free.countDown();
        assertThat(said(house.send(b, "you?"))).isEqualTo("at last");
    }

    @Test
    void aKilledCallerLeavesNobodyStuck() {
        // The killed desk lives on in this process; on PostgreSQL it would keep its leases.
        String a = agent();
        String b = agent();
        CountDownLatch free = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        minds.put(a, once(call(ASK, b, "x")));
        minds.put(b, request -> {
            asked.countDown();
            await(free);
            return ScriptedModels.text("b speaks");
        });
        house.submit(a, "go");
        await(asked);
        house.restartDesk();
        free.countDown();
        minds.put(a, request -> ScriptedModels.text("a speaks"));

        assertThat(said(house.send(a, "again"))).isEqualTo("a speaks");
        assertThat(said(house.send(b, "again"))).isEqualTo("b speaks");
    }

    @Test
    void aServerThatStopsWhileSomebodyWaitsLeavesNobodyStuck() {
        house.close();
        house = new Deskware(
                TestDb.open(folder),
                models,
                new DeskOptions(32, Duration.ofSeconds(60), Duration.ofHours(3), Duration.ofMillis(100)),
                List.of());
        String a = agent();
        String b = agent();
        CountDownLatch asked = new CountDownLatch(1);
        minds.put(a, once(call(ASK, b, "x")));
        minds.put(b, request -> {
            asked.countDown();
            await(new CountDownLatch(1));
            return ScriptedModels.text("never");
        });
        house.submit(a, "go");
        await(asked);
        house.desk.close();
        house.restartDesk();
        minds.put(a, request -> ScriptedModels.text("a speaks"));
        minds.put(b, request -> ScriptedModels.text("b speaks"));

        assertThat(said(house.send(a, "again"))).isEqualTo("a speaks");
        assertThat(said(house.send(b, "again"))).isEqualTo("b speaks");
    }

    private List<RunRow> all(String agentId) {
        return house.runs.list(
                Deskware.ORG, new RunFilter(List.of(agentId), List.of(), null, null, null, null, null, true, 1_000));
    }

    /** The runs of an agent once there are as many and all have ended. */
    private List<RunRow> runsOf(String agentId, int number) throws InterruptedException {
        List<RunRow> runs = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            runs = all(agentId);
            if (runs.size() >= number && runs.stream().allMatch(RunRow::ended)) {
                return runs;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("only " + runs);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
