package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A group whose server stops in the middle of a talk goes on with the speaker whose turn it is, and says nothing twice. */
@Timeout(60)
class GroupRestartTest {
    private static final DeskOptions HASTY = new DeskOptions(
            DeskOptions.DEFAULTS.waitingPerThread(),
            DeskOptions.DEFAULTS.lease(),
            DeskOptions.DEFAULTS.keepRecords(),
            Duration.ZERO);

    private static final String GO_ON =
            "The server was restarted in the middle of your turn. What was said to you stands above. Go on with your turn.";

    @TempDir
    Path folder;

    private final ScriptedModels models = new ScriptedModels();
    private final Map<String, Function<ModelRequest, List<ModelEvent>>> minds = new ConcurrentHashMap<>();
    private House house;
    private String ann = "";
    private String bob = "";
    private String boss = "";

    @BeforeEach
    void start() {
        models.answer(request -> minds.get(request.agentId()).apply(request));
        house = open();
        ann = house.agent("{'name':'Ann'}");
        bob = house.agent("{'name':'Bob'}");
        boss = house.agent("{'name':'Boss'}");
        minds.put(ann, request -> ScriptedModels.text("Ann here"));
        minds.put(bob, request -> ScriptedModels.text("Bob here"));
        minds.put(boss, request -> ScriptedModels.text("Boss here"));
    }

    private House open() {
        return new House(folder, models, HASTY, Duration.ofSeconds(20));
    }

    @AfterEach
    void stop() {
        house.close();
    }

    private String group(String config) {
        return house.web
                .post(
                        "/v1/groups/",
                        "{'agent_ids':['" + ann + "','" + bob + "'],'description':'team','manager_config':" + config
                                + "}")
                .json()
                .path("id")
                .asText();
    }

    /** Begins a talk, stops the server while an agent thinks for the given time (1: its first), and starts it again. */
    private void stopWhile(String thinking, int time, String groupId) throws InterruptedException {
        Function<ModelRequest, List<ModelEvent>> mind = minds.get(thinking);
        CountDownLatch asked = new CountDownLatch(time);
        minds.put(thinking, request -> {
            asked.countDown();
            if (asked.getCount() > 0) {
                return mind.apply(request);
            }
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return List.of();
        });
        Web web = house.web;
        Thread client = Thread.ofVirtual().start(() -> tried(web, groupId));
        asked.await();
        client.interrupt();
        client.join();
        house.close();
        models.requests.clear();
        minds.put(thinking, mind);
        house = open();
    }

    /** Says something that may get no answer. */
    private static Web.@Nullable Reply tried(Web web, String groupId) {
        try {
            return web.post("/v1/groups/" + groupId + "/messages", "{'input':'Hello all'}");
        } catch (RuntimeException | AssertionError e) {
            return null;
        }
    }

    /** Waits until an agent has heard and said so much. */
    private void awaitHeard(String agentId, String... all) throws InterruptedException {
        for (int i = 0; i < 800 && heardBy(agentId).size() < all.length; i++) {
            Thread.sleep(25);
        }
        assertThat(heardBy(agentId)).containsExactly(all);
    }

    private List<String> heard(String path) {
        List<String> out = new ArrayList<>();
        for (JsonNode message : house.web.get(path).json()) {
            out.add(message.path("content").asText());
        }
        return out;
    }

    private List<String> heardBy(String agentId) {
        List<String> all = heard("/v1/agents/" + agentId + "/messages?order=asc");
        return all.subList(1, all.size());
    }

    private long askedOf(String agentId) {
        return models.requests.stream()
                .filter(request -> agentId.equals(request.agentId()))
                .count();
    }

    @Test
    void roundRobinGoesOnWithWhoWasSpeaking() throws InterruptedException {
        String id = group("{'manager_type':'round_robin','max_turns':4}");
        stopWhile(bob, 1, id);

        awaitHeard(bob, "Hello all", "Ann said: Ann here", GO_ON, "Bob here", "Ann said: Ann here", "Bob here");
        assertThat(heardBy(ann)).containsExactly("Hello all", "Ann here", "Bob said: Bob here", "Ann here");
        assertThat(heard("/v1/groups/" + id + "/messages?limit=50&order=asc"))
                .containsExactly("Hello all", "Ann here", GO_ON, "Bob here", "Ann here", "Bob here");
        assertThat(askedOf(ann)).isEqualTo(1);
        assertThat(askedOf(bob)).isEqualTo(2);
        // the talk is over: the next one begins at the begin
        Web.Reply next = null;
        for (int i = 0; i < 800 && (next == null || next.status() == 409); i++) {
            Thread.sleep(25);
            next = tried(house.web, id);
        }
        assertThat(next).isNotNull();
        assertThat(next.json().path("messages").path(0).path("sender_id").asText())
                .isEqualTo(ann);
    }

    @Test
    void aManagerIsNotAskedAgainWhoSpokeBefore() throws InterruptedException {
        List<String> names = new ArrayList<>(List.of("Bob", "Ann", "DONE!"));
        minds.put(boss, request -> ScriptedModels.text(names.removeFirst()));
        String id = group("{'manager_type':'dynamic','manager_agent_id':'" + boss + "'}");
        stopWhile(boss, 2, id);

        awaitHeard(ann, "Hello all", "Bob said: Bob here", "Ann here");
        assertThat(heardBy(bob)).containsExactly("Hello all", "Bob here");
        assertThat(askedOf(bob)).isZero();
        List<String> steered = heardBy(boss);
        assertThat(steered).filteredOn("Hello all"::equals).hasSize(1);
        assertThat(steered).filteredOn("Bob"::equals).hasSize(1);
    }

    @Test
    void aSupervisorConcludesOnceAllHaveReported() throws InterruptedException {
        String id = group("{'manager_type':'supervisor','manager_agent_id':'" + boss + "'}");
        stopWhile(boss, 1, id);

        awaitHeard(boss, "Hello all", "Ann said: Ann here", "Bob said: Bob here", GO_ON, "Boss here");
        assertThat(heardBy(ann)).containsExactly("Hello all", "Ann here");
        assertThat(heardBy(bob)).containsExactly("Hello all", "Bob here");
        assertThat(askedOf(ann) + askedOf(bob)).isZero();
    }

    @Test
    void aGroupThatWasChangedMeanwhileKeepsItsTalk() throws InterruptedException {
        String id = group("{'manager_type':'round_robin'}");
        stopWhile(ann, 1, id);
        house.web.patch("/v1/groups/" + id, "{'agent_ids':['" + boss + "']}");

        awaitHeard(bob, "Hello all", "Ann said: Ann here", "Bob here");
        assertThat(heardBy(boss)).isEmpty();
    }
}
