package dev.mneme.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.testkit.Deskware;
import dev.mneme.testkit.FakeReceiver;
import dev.mneme.testkit.ScriptedModels;
import dev.mneme.turn.TurnOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
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
    private Deskware house;
    private FakeReceiver receiver;
    private String agent = "";

    @BeforeEach
    void open() {
        house = Deskware.on(folder, models);
        agent = house.agent();
        receiver = new FakeReceiver(0);
    }

    @AfterEach
    void close() {
        receiver.close();
        house.close();
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
        String runId = send(receiver.url());
        FakeReceiver.Told one = receiver.next();
        JsonNode body = one.json();

        assertThat(body.path("run_id").asText()).isEqualTo(runId);
        assertThat(body.path("status").asText()).isEqualTo("completed");
        assertThat(body.path("completed_at").asText()).endsWith("Z");
        assertThat(body.path("metadata").path("run_type").asText()).isEqualTo("send_message_async");
        assertThat(body.path("metadata").path("result").path("rows").path(0).asText())
                .isEqualTo("assistant ok");
        String[] parts = one.signature().split("[=,]");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("test key".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertThat(parts[3])
                .isEqualTo(HexFormat.of()
                        .formatHex(mac.doFinal((parts[1] + "." + one.body()).getBytes(StandardCharsets.UTF_8))));
        RunRow row = settled(runId, 204);
        assertThat(row.callbackStatusCode()).isEqualTo(204);
        assertThat(row.callbackSentAt()).isNotNull();
        assertThat(row.callbackError()).isNull();
        assertThat(row.callbackUrl()).isEqualTo(receiver.url());
    }

    @Test
    void aReceiverThatFailsIsTriedAgainAndRedirectsAreNotFollowed() throws Exception {
        receiver.answer(500, 302, 200);
        String runId = send(receiver.url());
        List<String> bodies = List.of(
                receiver.next().body(), receiver.next().body(), receiver.next().body());

        assertThat(bodies).allMatch(bodies.getFirst()::equals);
        assertThat(settled(runId, 200).callbackError()).isNull();
        assertThat(receiver.within(Duration.ofMillis(300))).isNull();
    }

    @Test
    void afterTheLastTryItIsGivenUp() throws Exception {
        receiver.answer(500, 501, 502, 503, 504);
        String runId = send(receiver.url());
        for (int i = 0; i < 4; i++) {
            receiver.next();
        }

        assertThat(settled(runId, 503).callbackError()).isEqualTo("the receiver answered 503");
        assertThat(receiver.within(Duration.ofMillis(500))).isNull();
    }

    @Test
    void aRestartForgetsNothing() throws Exception {
        int port = receiver.port();
        receiver.close();
        String runId = send("http://127.0.0.1:" + port + "/later");
        house.desk.await(Deskware.ORG, runId);
        house.desk.close();
        receiver = new FakeReceiver(port);
        house.restartDesk();

        assertThat(receiver.next().json().path("run_id").asText()).isEqualTo(runId);
    }

    @Test
    void aFailedRunIsToldAsFailed() throws Exception {
        models.answer(request -> ScriptedModels.refuse(dev.mneme.base.ProblemCode.LLM_ERROR));
        send(receiver.url());
        JsonNode body = receiver.next().json();

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
