package dev.mneme.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers what it is told; e2e/test_java_client.py has the real one. */
class ClientTest {
    private record Answer(int status, String body) {}

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final List<String> requests = new ArrayList<>();
    private HttpServer server;
    private MnemeClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Answer answer = answers.remove();
            byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        client = MnemeClient.at("http://127.0.0.1:" + server.getAddress().getPort() + "/")
                .withKey("k");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Agent agent() {
        answers.add(new Answer(200, "{\"id\": \"agent-1\", \"name\": \"a\"}"));
        return client.agent("agent-1");
    }

    @Test
    void aRefusalCarriesTheServersWords() {
        answers.add(new Answer(404, "{\"detail\": \"Agent not found\", \"hint\": \"List them.\"}"));
        assertThatThrownBy(() -> client.agent("agent-x/y"))
                .isInstanceOfSatisfying(
                        MnemeException.class, e -> assertThat(e.status()).isEqualTo(404))
                .hasMessage("Agent not found List them.");
        assertThat(requests).containsExactly("GET /v1/agents/agent-x%2Fy Bearer k ");
        answers.add(new Answer(502, "<html>gateway</html>"));
        assertThatThrownBy(() -> client.agents()).hasMessageContaining("502").hasMessageContaining("gateway");
    }

    @Test
    void requestsGoThroughTheClientThatIsGiven() {
        HttpClient own = HttpClient.newBuilder()
                .proxy(ProxySelector.of(server.getAddress()))
                .build();
        answers.add(new Answer(200, "{\"version\": \"7\"}"));
        assertThat(MnemeClient.at("http://mneme.invalid")
                        .patient(Duration.ofSeconds(20))
                        .through(own)
                        .withKey("mine")
                        .version())
                .isEqualTo("7");
        assertThat(requests).containsExactly("GET http://mneme.invalid/v1/health/ Bearer mine ");
    }

    @Test
    void noServerIsSaidWithWhatToDo() {
        assertThatThrownBy(() -> MnemeClient.at("http://127.0.0.1:9").version())
                .isInstanceOf(MnemeException.class)
                .hasMessageContaining("./mneme server");
    }

    @Test
    void aStreamEndsAtDoneAndNowhereElse() {
        Agent agent = agent();
        String one =
                "data: {\"message_type\": \"assistant_message\", \"content\": \"hi\", \"seq_id\": 4, \"run_id\": \"run-1\"}\n\n";
        answers.add(new Answer(200, ": comment\n\ndata: {\"message_type\": \"ping\"}\n\n" + one + "data: [DONE]\n\n"));
        try (MessageStream stream = agent.stream("x")) {
            List<Message> seen = new ArrayList<>();
            stream.forEach(seen::add);
            assertThat(seen).hasSize(1);
            assertThat(seen.get(0).text()).isEqualTo("hi");
            assertThat(seen.get(0).seq()).isEqualTo(4);
        }
        answers.add(new Answer(200, one));
        try (MessageStream stream = agent.stream("x")) {
            assertThatThrownBy(() -> stream.forEach(message -> {})).hasMessageContaining("broke off");
        }
        answers.add(new Answer(200, "data: {\"message_type\": \"error_message\", \"detail\": \"model down\"}\n\n"));
        try (MessageStream stream = agent.stream("x")) {
            assertThatThrownBy(stream::iterator).hasMessageContaining("model down");
        }
    }

    @Test
    void toolsOfTheProgramAnswerUntilTheTurnEnds() {
        Agent agent = agent();
        answers.add(new Answer(200, """
                {"messages": [{"message_type": "approval_request_message", "tool_calls":
                   [{"tool_call_id": "c1", "name": "a_pair", "arguments": "{}"}]}],
                 "stop_reason": {"stop_reason": "requires_approval"}, "usage": {"prompt_tokens": 5, "completion_tokens": 1}}
                """));
        answers.add(new Answer(200, """
                {"messages": [{"message_type": "assistant_message", "content": [{"type": "text", "text": "done"}]}],
                 "stop_reason": {"stop_reason": "end_turn"}, "usage": {"prompt_tokens": 7, "completion_tokens": 2}}
                """));
        Reply reply = agent.send("go", Tools.of(new ToolsTest.Weather()));
        assertThat(reply.text()).isEqualTo("done");
        assertThat(reply.promptTokens()).isEqualTo(12);
        assertThat(reply.messages()).hasSize(2);
        assertThat(requests.get(2))
                .contains(
                        "\"approvals\":[{\"type\":\"tool\",\"tool_call_id\":\"c1\",\"tool_return\":\"[1,2]\",\"status\":\"success\"}]")
                .contains("client_tools");
    }

    @Test
    void callsThatWaitForAPersonAreLeftToThem() {
        Agent agent = agent();
        answers.add(new Answer(200, """
                {"messages": [{"message_type": "approval_request_message", "tool_call":
                   {"tool_call_id": "c1", "name": "delete_everything", "arguments": "{}"}}],
                 "stop_reason": {"stop_reason": "requires_approval"}}
                """));
        Reply reply = agent.send("go", Tools.of(new ToolsTest.Weather()));
        assertThat(reply.stopReason()).isEqualTo("requires_approval");
        assertThat(reply.messages().get(0).calls().get(0).name()).isEqualTo("delete_everything");
    }

    @Test
    void longListsAreFetchedWhole() {
        StringBuilder page = new StringBuilder("[");
        for (int i = 0; i < 100; i++) {
            page.append(i == 0 ? "" : ",").append("{\"id\": \"agent-").append(i).append("\", \"name\": \"n\"}");
        }
        answers.add(new Answer(200, page + "]"));
        answers.add(new Answer(200, "[{\"id\": \"agent-100\", \"name\": \"n\"}]"));
        assertThat(client.agents()).hasSize(101);
        assertThat(requests.get(1)).contains("after=agent-99");
    }
}
