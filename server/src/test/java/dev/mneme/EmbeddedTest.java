package dev.mneme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.config.StartRefused;
import dev.mneme.testkit.FakeProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server inside a program, with a port and without. */
class EmbeddedTest {
    /** For a turn of a scripted model. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private static HttpResponse<String> call(
            HttpClient client, String url, String method, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String agent(HttpClient client, Mneme server) throws IOException, InterruptedException {
        HttpResponse<String> made = call(client, server.url() + "/v1/agents/", "POST", "{'model':'openai/gpt-4o'}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        return Json.read(made.body(), JsonNode.class).path("id").asText();
    }

    @Test
    void anAgentLivesInAProgramAndComesBackWithIt() throws Exception {
        try (FakeProvider provider = FakeProvider.start()) {
            Embedded wish = Mneme.embedded(folder).settings(provider.environment());
            String agent;
            Mneme server = wish.start();
            try (HttpClient client = server.client()) {
                assertThat(server.notices()).noneMatch(line -> line.contains("password"));
                agent = agent(client, server);
                String messages = server.url() + "/v1/agents/" + agent + "/messages";
                HttpRequest streaming = HttpRequest.newBuilder(URI.create(messages + "/stream"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"messages\":[{\"role\":\"user\",\"content\":\"@script\\n@say from inside\"}]}"))
                        .build();
                try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                        client.send(streaming, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8))) {
                    assertThat(lines.lines().toList())
                            .anyMatch(line -> line.contains("from inside"))
                            .contains("data: [DONE]");
                }
                assertThatThrownBy(wish::start)
                        .isInstanceOf(StartRefused.class)
                        .hasMessageContaining("Another server (process ")
                        .hasMessageContaining(folder.toString());
            }
            server.close();
            try (HttpClient late = server.client()) {
                assertThatThrownBy(() -> call(late, server.url() + "/v1/health/", "GET", ""))
                        .isInstanceOf(ConnectException.class)
                        .hasMessageContaining("has stopped");
            }
            try (Mneme again = wish.port(0).start();
                    HttpClient inside = again.client();
                    HttpClient outside = HttpClient.newHttpClient()) {
                assertThat(again.url()).startsWith("http://127.0.0.1:");
                for (HttpClient client : new HttpClient[] {inside, outside}) {
                    assertThat(call(client, again.url() + "/v1/agents/" + agent + "/messages", "GET", "")
                                    .body())
                            .contains("from inside");
                }
            }
        }
    }

    @Test
    void aReaderThatLeavesIsAClientThatWentAwayAndTheRunGoesOn() throws Exception {
        try (FakeProvider provider = FakeProvider.start();
                Mneme server =
                        Mneme.embedded(folder).settings(provider.environment()).start();
                HttpClient client = server.client()) {
            String agent = agent(client, server);
            HttpRequest streaming = HttpRequest.newBuilder(
                            URI.create(server.url() + "/v1/agents/" + agent + "/messages/stream"))
                    .header("Content-Type", "application/json")
                    .POST(
                            HttpRequest.BodyPublishers.ofString(
                                    "{\"stream_tokens\":true,\"messages\":[{\"role\":\"user\",\"content\":\"@script\\n@say all the same\"}]}"))
                    .build();
            // Nothing of the answer is read.
            client.send(streaming, BodyHandlers.ofInputStream()).body().close();
            String seen = "";
            for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; ) {
                seen = call(client, server.url() + "/v1/runs/?agent_id=" + agent, "GET", "")
                        .body();
                if (seen.contains("\"status\":\"completed\"")) {
                    break;
                }
                Thread.onSpinWait();
            }
            assertThat(seen).contains("\"status\":\"completed\"");
            assertThat(call(client, server.url() + "/v1/agents/" + agent + "/messages", "GET", "")
                            .body())
                    .contains("all the same");
        }
    }

    @Test
    void aPasswordIsAskedForInsideToo() throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put("LETTA_SERVER_PASSWORD", "right");
        try (Mneme server = Mneme.embedded(folder).settings(settings).start();
                HttpClient client = server.client()) {
            String agents = server.url() + "/v1/agents/";
            assertThat(call(client, agents, "GET", "").statusCode()).isEqualTo(401);
            assertThat(call(client, agents, "GET", "", "Authorization", "Bearer right")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void aSettingThatCannotBeRightIsRefused() {
        assertThatThrownBy(() -> Mneme.embedded(folder)
                        .set("MNEME_TOOL_ISOLATION", "none")
                        .start())
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("MNEME_TOOL_ISOLATION");
    }
}
