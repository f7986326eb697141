package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.FakeReceiver;
import dev.mneme.testkit.ScriptedModels;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchRoutesTest {
    private static final ScriptedModels MODELS = new ScriptedModels();
    private static final String ALL = "/v1/messages/batches";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;

    @BeforeAll
    static void start() {
        house = new House(folder, MODELS, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static String request(String agent, String text) {
        return "{'agent_id':'" + agent + "','messages':[{'role':'user','content':'" + text + "'}]}";
    }

    private static JsonNode ended(String id) throws InterruptedException {
        for (int i = 0; i < 400; i++) {
            JsonNode batch = web.get(ALL + "/" + id).json();
            if (!batch.path("status").asText().equals("running")
                    && !batch.path("status").asText().equals("created")) {
                return batch;
            }
            Thread.sleep(25);
        }
        throw new AssertionError("batch " + id + " does not end");
    }

    @Test
    void everyRequestBecomesARun() throws InterruptedException {
        MODELS.answer(request ->
                ScriptedModels.text("echo: " + request.history().getLast().text()));
        String one = house.agent("{}");
        String two = house.agent("{}");
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            requests.add(request(i % 10 == 0 ? two : one, "t" + i));
        }
        Web.Reply made = web.post(ALL, "{'requests':[" + String.join(",", requests) + "]}");
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        String id = made.json().path("id").asText();
        assertThat(id).matches("job-[0-9a-f-]{36}");
        assertThat(made.json().path("job_type").asText()).isEqualTo("batch");
        JsonNode done = ended(id);
        assertThat(done.path("status").asText()).isEqualTo("completed");
        assertThat(done.path("completed_at").isTextual()).isTrue();
        assertThat(done.path("metadata").path("run_ids")).hasSize(40);

        // in order on each agent, and all of it in the batch's messages
        List<String> said = new ArrayList<>();
        web.get("/v1/agents/" + two + "/messages?order=asc")
                .json()
                .forEach(item -> said.add(item.path("content").asText()));
        assertThat(said.subList(1, 9))
                .containsExactly("t0", "echo: t0", "t10", "echo: t10", "t20", "echo: t20", "t30", "echo: t30");
        assertThat(web.get(ALL + "/" + id + "/messages?limit=1000").json().path("messages"))
                .hasSize(80);
        JsonNode mine = web.get(ALL + "/" + id + "/messages?order=asc&limit=2&agent_id=" + two)
                .json()
                .path("messages");
        assertThat(mine).hasSize(2);
        assertThat(mine.path(0).path("role").asText()).isEqualTo("user");
        assertThat(web.get(ALL).json().path(0).path("id").asText()).isEqualTo(id);
        assertThat(web.get("/v1/runs/"
                                + done.path("metadata").path("run_ids").path(0).asText())
                        .json()
                        .path("metadata")
                        .path("run_type")
                        .asText())
                .isEqualTo("batch");
    }

    @Test
    void aCancelledBatchBeginsNothingMore() throws InterruptedException {
        String agent = house.agent("{}");
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        MODELS.answer(request -> {
            asked.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return ScriptedModels.text("done");
        });
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            requests.add(request(agent, "t" + i));
        }
        String id = web.post(ALL, "{'requests':[" + String.join(",", requests) + "]}")
                .json()
                .path("id")
                .asText();
        asked.await();
        assertThat(web.patch(ALL + "/" + id + "/cancel", "{}").text()).isEqualTo("null");
        goOn.countDown();
        JsonNode batch = ended(id);
        assertThat(batch.path("status").asText()).isEqualTo("cancelled");
        assertThat(batch.path("metadata").path("run_ids").size()).isLessThan(30);
        assertThat(web.patch(ALL + "/" + id + "/cancel", "{}").status()).isEqualTo(200);
    }

    private static JsonNode told(String id, int status) throws InterruptedException {
        JsonNode batch = ended(id);
        for (int i = 0; i < 400 && batch.path("callback_status_code").asInt() != status; i++) {
            Thread.sleep(25);
            batch = web.get(ALL + "/" + id).json();
        }
        return batch;
    }

    @Test
    void theEndOfABatchIsToldSignedAndTriedAgain() throws InterruptedException {
        MODELS.answer(request -> ScriptedModels.text("done"));
        String agent = house.agent("{}");
        try (FakeReceiver receiver = new FakeReceiver(0)) {
            receiver.answer(500);
            JsonNode made = web.post(
                            ALL,
                            "{'requests':[" + request(agent, "a") + "," + request(agent, "b") + "],'callback_url':'"
                                    + receiver.url() + "'}")
                    .json();
            String id = made.path("id").asText();
            assertThat(made.path("callback_url").asText()).isEqualTo(receiver.url());
            assertThat(made.path("callback_sent_at").isNull()).isTrue();
            FakeReceiver.Told refused = receiver.next();
            FakeReceiver.Told taken = receiver.next();

            assertThat(taken.body()).isEqualTo(refused.body());
            assertThat(taken.signature()).matches("t=[0-9]+,v1=[0-9a-f]{64}");
            JsonNode batch = told(id, 204);
            assertThat(taken.json())
                    .isEqualTo(Json.object()
                            .put("job_id", id)
                            .put("status", "completed")
                            .put(
                                    "completed_at",
                                    Instant.parse(batch.path("completed_at").asText())
                                            .toString()));
            assertThat(batch.path("callback_sent_at").isTextual()).isTrue();
            assertThat(batch.path("callback_status_code").asInt()).isEqualTo(204);
            assertThat(batch.path("callback_error").isNull()).isTrue();
        }
    }

    @Test
    void aCancelledBatchIsToldOnce() throws InterruptedException {
        String agent = house.agent("{}");
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        MODELS.answer(request -> {
            asked.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return ScriptedModels.text("done");
        });
        try (FakeReceiver receiver = new FakeReceiver(0)) {
            String id = web.post(
                            ALL, "{'requests':[" + request(agent, "a") + "],'callback_url':'" + receiver.url() + "'}")
                    .json()
                    .path("id")
                    .asText();
            asked.await();
            web.patch(ALL + "/" + id + "/cancel", "{}");
            web.patch(ALL + "/" + id + "/cancel", "{}");
            goOn.countDown();

            assertThat(receiver.next().json().path("status").asText()).isEqualTo("cancelled");
            assertThat(told(id, 204).path("callback_error").isNull()).isTrue();
            assertThat(receiver.within(Duration.ofMillis(200))).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://169.254.169.254/latest", "http://10.0.0.1/x", "ftp://example.com/x", "/relative"})
    void addressesThatAreNeverCalledAreRefusedAtOnce(String url) {
        String agent = house.agent("{}");
        Web.Reply reply = web.post(ALL, "{'requests':[" + request(agent, "x") + "],'callback_url':'" + url + "'}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.detail()).contains("callback_url");
        assertThat(web.get("/v1/agents/" + agent + "/messages?order=asc").text())
                .doesNotContain("\"x\"");
    }

    @Test
    void anAddressHasALimit() {
        String url = "https://example.com/" + "a".repeat(2_064);
        Web.Reply reply =
                web.post(ALL, "{'requests':[" + request(house.agent("{}"), "x") + "],'callback_url':'" + url + "'}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.detail()).endsWith("callback_url has 2084 characters, more than 2083");
    }

    @Test
    void refusals() {
        String agent = house.agent("{}");
        assertThat(web.post(ALL, "{'requests':[]}").detail()).isEqualTo("Empty list of batch_requests passed in!");
        assertThat(web.post(ALL, "{'requests':[]}").status()).isEqualTo(400);
        assertThat(web.post(ALL, "{}").status()).isEqualTo(422);
        assertThat(web.post(ALL, "{'requests':[{'agent_id':'x','input':'hi'}]}").status())
                .isEqualTo(400);
        assertThat(web.post(ALL, "{'requests':[" + request("agent-0c4ed6b1-7b5f-4f2e-8b0f-0a5a0b0c0d0e", "x") + "]}")
                        .status())
                .isEqualTo(404);
        assertThat(web.post(ALL, "{'requests':[" + request(agent, "x") + ",{'agent_id':'" + agent + "'}]}")
                        .status())
                .isEqualTo(422);
        assertThat(web.get(ALL + "/bad").detail())
                .isEqualTo("INVALID_ARGUMENT: Invalid job ID format: bad. Expected format: 'job-<uuid4>'");
        assertThat(web.get(ALL + "/job-0c4ed6b1-7b5f-4f2e-8b0f-0a5a0b0c0d0e").status())
                .isEqualTo(404);
    }

    @Test
    void aRestartedServerGoesOn(@TempDir Path other) throws InterruptedException {
        ScriptedModels models = new ScriptedModels();
        CountDownLatch asked = new CountDownLatch(1);
        models.answer(request -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return List.of();
        });
        DeskOptions hasty = new DeskOptions(
                DeskOptions.DEFAULTS.waitingPerThread(),
                DeskOptions.DEFAULTS.lease(),
                DeskOptions.DEFAULTS.keepRecords(),
                Duration.ZERO);
        String agent;
        String id;
        FakeReceiver receiver = new FakeReceiver(0);
        try (House first = new House(other, models, hasty, Duration.ofSeconds(20))) {
            agent = first.agent("{}");
            id = first.web
                    .post(
                            ALL,
                            "{'requests':[" + request(agent, "a") + "," + request(agent, "b") + "],'callback_url':'"
                                    + receiver.url() + "'}")
                    .json()
                    .path("id")
                    .asText();
            asked.await();
        }
        models.answer(request -> ScriptedModels.text("done"));
        try (receiver;
                House second = new House(other, models, hasty, Duration.ofSeconds(20))) {
            JsonNode batch = second.web.get(ALL + "/" + id).json();
            for (int i = 0; i < 400 && !batch.path("status").asText().equals("completed"); i++) {
                Thread.sleep(25);
                batch = second.web.get(ALL + "/" + id).json();
            }
            assertThat(batch.path("status").asText()).isEqualTo("completed");
            assertThat(batch.path("metadata").path("run_ids")).hasSize(2);
            assertThat(second.web.get("/v1/runs/?agent_id=" + agent).json()).hasSize(2);
            assertThat(receiver.next().json().path("job_id").asText()).isEqualTo(id);
        }
    }
}
