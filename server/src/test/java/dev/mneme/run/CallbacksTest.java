package dev.mneme.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.ScriptedModels;
import dev.mneme.turn.TurnOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What callback_url is told, how often it is tried, and which addresses are never called. */
@Timeout(60)
class CallbacksTest {
    @TempDir
    Path folder;

    private final ScriptedModels models = new ScriptedModels();
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();
    private Deskware house;
    private HttpServer receiver;
    private String agent = "";

    private record Told(String signature, String body) {}

    @BeforeEach
    void open() throws IOException {
        house = Deskware.on(folder, models);
        agent = house.agent();
        receiver = listen(0);
    }

    private HttpServer listen(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Integer status = answers.poll();
            if (Integer.valueOf(302).equals(status)) {
                exchange.getResponseHeaders().add("Location", "/elsewhere");
            }
            exchange.sendResponseHeaders(status == null ? 204 : status, -1);
            exchange.close();
            told.add(new Told(exchange.getRequestHeaders().getFirst(Callbacks.SIGNATURE), body));
        });
        server.start();
        return server;
    }

    @AfterEach
    void close() {
        receiver.stop(0);
        house.close();
    }

    private String url() {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + "/done";
    }

    private String send(String url) {
        RunOptions how = new RunOptions(
                TurnOptions.DEFAULTS,
                false,
                true,
                false,
                true,
                "send_message",
                "message",
                null,
                url,
                Json.object().put("run_type", "send_message_async"));
        return house.submit(agent, "hi", null, false, how).runId();
    }

    private Told next() throws InterruptedException {
        Told one = told.poll(20, TimeUnit.SECONDS);
        assertThat(one).isNotNull();
        return one;
    }

    private RunRow settled(String runId, Integer status) throws InterruptedException {
        RunRow row = house.runs.get(Deskware.ORG, runId);
        for (int i = 0; i < 300 && !java.util.Objects.equals(row.callbackStatusCode(), status); i++) {
            Thread.sleep(20);
            row = house.runs.get(Deskware.ORG, runId);
        }
        return row;
    }

    @Test
    void theEndOfARunIsToldAndSigned() throws Exception {
        String runId = send(url());
        Told one = next();
        JsonNode body = Json.read(one.body, JsonNode.class);

        assertThat(body.path("run_id").asText()).isEqualTo(runId);
        assertThat(body.path("status").asText()).isEqualTo("completed");
        assertThat(body.path("completed_at").asText()).endsWith("Z");
        assertThat(body.path("metadata").path("run_type").asText()).isEqualTo("send_message_async");
        assertThat(body.path("metadata").path("result").path("rows").path(0).asText())
                .isEqualTo("assistant ok");
        String[] parts = one.signature.split("[=,]");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("test key".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertThat(parts[3])
                .isEqualTo(HexFormat.of()
                        .formatHex(mac.doFinal((parts[1] + "." + one.body).getBytes(StandardCharsets.UTF_8))));
        RunRow row = settled(runId, 204);
        assertThat(row.callbackStatusCode()).isEqualTo(204);
        assertThat(row.callbackSentAt()).isNotNull();
        assertThat(row.callbackError()).isNull();
        assertThat(row.callbackUrl()).isEqualTo(url());
    }

    @Test
    void aReceiverThatFailsIsTriedAgainAndRedirectsAreNotFollowed() throws Exception {
        answers.addAll(List.of(500, 302, 200));
        String runId = send(url());
        List<String> bodies = List.of(next().body, next().body, next().body);

        assertThat(bodies).allMatch(bodies.getFirst()::equals);
        assertThat(settled(runId, 200).callbackError()).isNull();
        assertThat(told.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void afterTheLastTryItIsGivenUp() throws Exception {
        answers.addAll(List.of(500, 501, 502, 503, 504));
        String runId = send(url());
        for (int i = 0; i < 4; i++) {
            next();
        }

        assertThat(settled(runId, 503).callbackError()).isEqualTo("the receiver answered 503");
        assertThat(told.poll(500, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void aRestartForgetsNothing() throws Exception {
        int port = receiver.getAddress().getPort();
        receiver.stop(0);
        String runId = send("http://127.0.0.1:" + port + "/later");
        house.desk.await(Deskware.ORG, runId);
        house.desk.close();
        receiver = listen(port);
        house.restartDesk();

        assertThat(Json.read(next().body, JsonNode.class).path("run_id").asText())
                .isEqualTo(runId);
    }

    @Test
    void aFailedRunIsToldAsFailed() throws Exception {
        models.answer(request -> ScriptedModels.refuse(dev.mneme.base.ProblemCode.LLM_ERROR));
        send(url());
        JsonNode body = Json.read(next().body, JsonNode.class);

        assertThat(body.path("status").asText()).isEqualTo("failed");
        assertThat(body.path("metadata").path("error").path("detail").asText()).contains("planned");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data",
                "http://10.0.0.1/x",
                "http://[::1]/x",
                "ftp://example.com/x",
                "not an address",
                "/relative"
            })
    void addressesThatAreNeverCalledAreRefusedAtOnce(String url) {
        assertThatThrownBy(() -> send(url)).isInstanceOf(Problem.class).hasMessageContaining("callback_url");
        assertThat(house.runs.list(
                        Deskware.ORG, new RunFilter(List.of(agent), List.of(), null, null, null, null, null, true, 10)))
                .isEmpty();
    }
}
