package dev.mneme.tool.code;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundGuard;
import dev.mneme.testkit.Code;
import dev.mneme.tool.ClientKeys;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolOutcome;
import dev.mneme.tool.sandbox.CallLimits;
import dev.mneme.tool.sandbox.Isolation;
import dev.mneme.tool.sandbox.SandboxOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that a model writes, as it calls them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CodeToolsTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger ended = new AtomicInteger();
    private HttpServer server;
    private Code code;
    private CodeTools tools;

    @BeforeAll
    void open(@TempDir Path folder) throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/v1/agents/agent-1/tools/add/run", exchange -> {
            asked.add(exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = "{\"status\":\"success\",\"func_return\":3}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        code = Code.open(SandboxOptions.usual(
                Isolation.JAIL,
                true,
                false,
                new OutboundGuard(List.of()),
                () -> server.getAddress().getPort(),
                folder,
                null,
                System.getenv(),
                CallLimits.USUAL));
        OwnTools own = caller -> new OwnTools.Offer(Map.of("add", List.of("a", "b")), List.of("pay"));
        tools = new CodeTools(
                code.sandbox(),
                own,
                context -> new ClientKeys.Key("key-1", ended::incrementAndGet),
                Duration.ofSeconds(30));
    }

    @AfterAll
    void close() {
        server.stop(0);
        if (code != null) {
            code.close();
        }
    }

    private JsonNode call(String name, ObjectNode arguments) throws IOException {
        Tool tool = tools.all().stream()
                .filter(each -> each.spec().name().equals(name))
                .findFirst()
                .orElseThrow();
        ToolContext context = new ToolContext("org", "user", "run", "agent-1", "agent-1", null, "UTC", 0);
        return switch (tool.call(arguments, context).apply(null)) {
            case ToolOutcome.Ok ok -> Json.parse(ok.value().asText());
            case ToolOutcome.Failed failed -> Json.object().put("failed", failed.text());
        };
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    python | print('hi')\\n1 + 1                                | {"results":["2"],"logs":{"stdout":["hi\\n"],"stderr":[]}}
                    js     | console.log('hi'); 1 + 1                           | {"results":["2"],"logs":{"stdout":["hi\\n"],"stderr":[]}}
                    ts     | const x: number = 2; x + 1                         | {"results":["3"],"logs":{"stdout":[],"stderr":[]}}
                    java   | void main() { IO.println("hi"); }                  | {"results":[],"logs":{"stdout":["hi\\n"],"stderr":[]}}
                    cobol  | x                                                  | {"failed":"The language cobol is none of python, js, ts, r, java."}
                    """)
    void programsRun(String language, String program, String answer) throws IOException {
        ObjectNode arguments =
                Json.object().put("code", program.replace("\\n", "\n")).put("language", language.strip());

        assertThat(call("run_code", arguments)).isEqualTo(Json.parse(answer));
    }

    @Test
    void aProgramThatFailsSaysWhy() throws IOException {
        JsonNode answer = call(
                "run_code",
                Json.object().put("code", "print(1)\nraise ValueError('bad')").put("language", "python"));

        assertThat(answer.at("/error/name").asText()).isEqualTo("ValueError");
        assertThat(answer.at("/error/value").asText()).isEqualTo("bad");
        assertThat(answer.at("/error/traceback").asText()).contains("line 2");
        assertThat(answer.at("/logs/stdout/0").asText()).isEqualTo("1\n");
    }

    @Test
    void toolsAreFunctionsWithTheKeyOfTheProgram() throws IOException {
        JsonNode answer = call("run_code_with_tools", Json.object().put("code", "print(add(1, b=2) + 1)\npay()"));

        assertThat(answer.at("/logs/stdout/0").asText()).isEqualTo("4\n");
        assertThat(asked).containsExactly("Bearer key-1 {\"args\": {\"a\": 1, \"b\": 2}}");
        assertThat(ended).hasValue(1);
        assertThat(answer.at("/error/name").asText()).isEqualTo("PermissionError");
        assertThat(answer.at("/error/value").asText()).contains("needs a person's approval");
    }
}
