package dev.mneme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.config.Options;
import dev.mneme.config.Setting;
import dev.mneme.testkit.FakeProvider;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server as it is started, with a provider behind it that can go wrong, over real addresses. */
class WholeServerTest {
    /** Seconds; a call that a broken provider could hang must come back long before. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static FakeProvider provider;
    private static Mneme server;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        provider = FakeProvider.start();
        Map<String, String> environment = new HashMap<>(provider.environment());
        environment.put("LETTA_LLM_STREAM_TIMEOUT_SECONDS", "2");
        environment.put("LETTA_LLM_REQUEST_TIMEOUT_SECONDS", "2");
        environment.put("LETTA_ARCHIVAL_MEMORY_TOKEN_LIMIT", "100");
        Map<Setting, String> flags =
                Map.of(Setting.PORT, "0", Setting.HOST, "0.0.0.0", Setting.DATA_FOLDER, folder.toString());
        server = Mneme.start(Options.read(flags, environment));
    }

    @AfterAll
    static void stop() {
        server.close();
        provider.close();
        CLIENT.close();
    }

    private record Reply(int status, String text) {
        JsonNode json() {
            return Json.read(text, JsonNode.class);
        }
    }

    private static Reply call(String method, String path, @Nullable ObjectNode body) {
        return call(server.url(), method, path, body, null);
    }

    private static Reply call(
            String base, String method, String path, @Nullable ObjectNode body, @Nullable String password) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.toString()));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        if (password != null) {
            request.header("Authorization", "Bearer " + password);
        }
        try {
            HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(answer.statusCode(), answer.body());
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String agent() {
        Reply made = call("POST", "/v1/agents/", Json.object().put("model", "openai/gpt-4o"));
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        return made.json().path("id").asText();
    }

    private static Reply say(String agent, String way, String text) {
        ObjectNode body = Json.object();
        body.put("stream_tokens", !way.isEmpty());
        body.putArray("messages").addObject().put("role", "user").put("content", text);
        return call("POST", "/v1/agents/" + agent + "/messages" + way, body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cut", "garbage", "empty", "silent", "stalled"})
    void aProviderThatGoesWrongEndsTheTurnWithAnErrorAndTheAgentGoesOn(String wrong) {
        String agent = agent();
        // Half a stream shows only where a stream is asked for.
        boolean onlyStreams = wrong.equals("stalled");
        for (String way : onlyStreams ? List.of("/stream") : List.of("", "/stream")) {
            Reply broken = say(agent, way, "@script\n@" + wrong + "\n@say hello");
            if (way.isEmpty()) {
                assertThat(broken.status()).as(wrong + ": " + broken.text()).isGreaterThanOrEqualTo(400);
                assertThat(broken.json().has("detail") || broken.json().has("error"))
                        .as(broken.text())
                        .isTrue();
            } else {
                assertThat(broken.status()).isEqualTo(200);
                assertThat(broken.text()).as(wrong).contains("stop_reason").contains("error");
                assertThat(broken.text().strip()).as(wrong).endsWith("data: [DONE]");
            }
            Reply after = say(agent, "", "and now?");
            assertThat(after.status()).as(after.text()).isEqualTo(200);
            assertThat(after.text()).contains("echo: and now?");
        }
    }

    @Test
    void aRealAddressNeedsThePasswordThatWasShownAtTheStart() throws IOException {
        Optional<InetAddress> address = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
                .findFirst();
        assumeTrue(address.isPresent(), "this machine has no address but loopback");
        String base = "http://" + address.orElseThrow().getHostAddress() + ":"
                + URI.create(server.url()).getPort();
        assertThat(call(base, "GET", "/v1/agents/", null, null).status()).isEqualTo(401);
        assertThat(call(base, "GET", "/v1/agents/", null, "wrong").status()).isEqualTo(401);
        assertThat(call(base, "GET", "/v1/health/", null, null).status()).isEqualTo(200);
        String notice = server.notices().stream()
                .filter(line -> line.startsWith("password for requests from other machines"))
                .findFirst()
                .orElseThrow();
        String password = notice.substring(notice.lastIndexOf(' ') + 1);
        assertThat(call(base, "GET", "/v1/agents/", null, password).status()).isEqualTo(200);
    }

    @Test
    void theIndexTellsHowFarItIs() throws InterruptedException {
        String agent = agent();
        Reply stored = call(
                "POST",
                "/v1/agents/" + agent + "/archival-memory",
                Json.object().put("text", "Water boils at 100C"));
        assertThat(stored.status()).as(stored.text()).isEqualTo(200);
        JsonNode state = Json.object();
        for (int i = 0; i < 200 && !state.path("caught_up").asBoolean(); i++) {
            Thread.sleep(50);
            state = call("GET", "/v1/diagnostics/index", null).json();
        }
        assertThat(state.path("caught_up").asBoolean()).as(state.toString()).isTrue();
        assertThat(state.path("rebuilding").asBoolean()).isFalse();
        assertThat(state.path("folder").asText()).startsWith(folder.toString());
        JsonNode passages = state.path("kinds").get(0);
        assertThat(passages.path("kind").asText()).isEqualTo("passage");
        assertThat(passages.path("entries").asLong()).isEqualTo(1);
        assertThat(passages.path("behind").asLong()).isZero();
    }

    @Test
    void everyProviderTellsItsAddressAndWhetherItAnswers() {
        JsonNode all = call("GET", "/v1/diagnostics/providers", null).json();
        JsonNode openai = Json.object();
        for (JsonNode each : all) {
            openai = each.path("name").asText().equals("openai") ? each : openai;
        }
        assertThat(openai.path("base_url").asText()).isEqualTo(provider.openAiUrl());
        assertThat(openai.path("has_key").asBoolean()).isTrue();
        assertThat(openai.path("reachable").asBoolean()).isTrue();
        assertThat(openai.path("models").asInt()).isPositive();
        assertThat(all.toString()).doesNotContain(FakeProvider.KEY);
    }

    @Test
    void thePassageLimitFollowsItsVariable() {
        Reply long101 = call(
                "POST",
                "/v1/agents/" + agent() + "/archival-memory",
                Json.object().put("text", "x".repeat(401)));
        assertThat(long101.status()).isEqualTo(400);
        assertThat(long101.text())
                .contains("Archival memory content exceeds token limit of 100 tokens (found 101 tokens)");
    }

    @Test
    void anUnknownBareModelSaysWhatToDo() {
        Reply refused = call("POST", "/v1/agents/", Json.object().put("model", "no-such-model"));
        assertThat(refused.status()).as(refused.text()).isEqualTo(400);
        assertThat(refused.json().path("detail").asText())
                .isEqualTo("INVALID_ARGUMENT: The model handle should be in the format provider/model-name");
        assertThat(refused.json().path("hint").asText())
                .contains("No configured provider lists no-such-model")
                .contains("OPENAI_API_KEY");
    }

    @Test
    void aBareModelThatNobodyListsIsNotFoundByAChange() {
        String path = "/v1/agents/" + agent();
        Reply refused = call("PATCH", path, Json.object().put("model", "no-such-model"));
        assertThat(refused.status()).as(refused.text()).isEqualTo(404);
        assertThat(refused.json().path("detail").asText())
                .isEqualTo("NOT_FOUND: Handle no-such-model not found, must be one of []");
        assertThat(refused.json().path("hint").asText()).contains("No configured provider lists no-such-model");
        assertThat(call("PATCH", path, Json.object().put("model", "openai/")).status())
                .isEqualTo(400);
        assertThat(call("GET", path, null).json().path("model").asText()).isEqualTo("openai/gpt-4o");
    }

    @Test
    void theVoiceRouteIsGone() {
        Reply gone = call("POST", "/v1/voice-beta/" + agent() + "/chat/completions", Json.object());
        assertThat(gone.status()).isEqualTo(410);
        assertThat(gone.json().path("detail").asText())
                .isEqualTo("The /voice-beta endpoint has been deprecated and is no longer available.");
    }
}
