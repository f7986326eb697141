package dev.mneme.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.config.StartRefused;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CliTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(ServerStarter starter, String input, String... args) {
        Console console = new Console(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        return Cli.run(args, Map.of("HOME", "/h"), starter, console);
    }

    private static RunningServer never() {
        throw new AssertionError("nothing asked for a server");
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void helpNamesEverySettingThatHasAFlag() {
        assertThat(run(options -> never(), "", "server", "--help")).isZero();
        assertThat(out()).contains("--port", "--default-llm", "--secure", "MNEME_PORT");
        assertThat(run(options -> never(), "", "--help")).isZero();
        assertThat(out()).contains("quickstart", "agents").doesNotContain("train");
    }

    @Test
    void aWrongFlagIsOneLineAndCodeTwo() {
        assertThat(run(options -> never(), "", "server", "--prot", "1")).isEqualTo(2);
        assertThat(err().lines()).hasSize(1).first().asString().contains("--prot");
    }

    @Test
    void whyTheServerCannotStartIsOneLineAndCodeTwo() {
        assertThat(run(
                        options -> {
                            throw new StartRefused("Port 8283 is in use.");
                        },
                        "",
                        "server"))
                .isEqualTo(2);
        assertThat(run(
                        options -> {
                            throw Problem.invalid("LETTA_PG_URI cannot be read.");
                        },
                        "",
                        "server"))
                .isEqualTo(2);
        assertThat(err().lines())
                .containsExactly(
                        "mneme: Port 8283 is in use.", "mneme: INVALID_ARGUMENT: LETTA_PG_URI cannot be read.");
    }

    @Test
    void aFlagCountsBeforeAndAfterTheInnerCommand() {
        for (List<String> words : List.of(
                List.of("keys", "--url", "http://127.0.0.1:1", "create", "x"),
                List.of("keys", "create", "x", "--url", "http://127.0.0.1:1"))) {
            err.reset();
            assertThat(run(options -> never(), "", words.toArray(String[]::new)))
                    .isEqualTo(1);
            assertThat(err()).contains("http://127.0.0.1:1");
        }
    }

    @Test
    void withoutAServerTheClientCommandsSayHowToStartOne() {
        assertThat(run(options -> never(), "", "health", "--url", "http://127.0.0.1:1"))
                .isEqualTo(1);
        assertThat(err()).contains("No server answers").contains("./mneme server");
    }

    @Test
    void quickstartOnAPipePlaysTheScriptAndShowsWhatWasRemembered() throws IOException {
        try (FakeApi api = new FakeApi()) {
            assertThat(run(options -> never(), "", "quickstart", "--exit", "--port", String.valueOf(api.port())))
                    .isZero();
            assertThat(out())
                    .contains("using it", "Model: demo/mneme-demo")
                    .contains("… A name: worth keeping.\n→ memory_insert(label=\"human\")\n  forgets")
                    .contains("forgets [human] Nothing yet.", "remembers [human] Name: Ada.")
                    .contains("Hello Ada!");
            assertThat(api.requests)
                    .anyMatch(request ->
                            request.startsWith("POST /v1/agents/ ") && request.contains("\"name\":\"quickstart\""));
        }
    }

    @Test
    void quickstartStartsAServerWhereNoneAnswersAndStopsItAtTheEnd() throws IOException {
        FakeApi api = new FakeApi();
        assertThat(run(options -> api, "", "quickstart", "--exit", "--backend", "demo", "--port", "0"))
                .isZero();
        assertThat(out()).contains("Mneme is ready at " + api.url());
        assertThat(err()).contains("a notice");
        assertThat(run(options -> never(), "", "health", "--url", api.url())).isEqualTo(1);
    }

    @Test
    void chatOnAPipeReadsLinesAndItsOwnCommands() throws IOException {
        try (FakeApi api = new FakeApi()) {
            assertThat(run(options -> never(), "", "run", "--url", api.url())).isEqualTo(1);
            assertThat(err()).contains("no agent yet");
            run(options -> never(), "", "quickstart", "--exit", "--port", String.valueOf(api.port()));
            assertThat(run(options -> never(), "/memory\n\nHi\n/quit\nnever said\n", "run", "--url", api.url()))
                    .isZero();
            assertThat(out()).contains("[human]\n  Name: Ada.").contains("Hello Ada!");
            assertThat(api.requests).noneMatch(request -> request.contains("never said"));
            assertThat(run(options -> never(), "", "agents", "--url", api.url()))
                    .isZero();
            assertThat(out()).contains("NAME").contains("quickstart").contains("agent-1");
        }
    }

    @Test
    void asAnMcpServerItPassesLinesOnAndAnswersEachRequestOnce() throws IOException {
        try (FakeApi api = new FakeApi()) {
            String first = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{}}\n";
            assertThat(run(options -> never(), first, "mcp", "--url", api.url()))
                    .isZero();
            assertThat(out().strip())
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"protocolVersion\":\"2025-11-25\"}}");
            out.reset();
            run(
                    options -> never(),
                    "nonsense\n\n"
                            + "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
                            + "{\"jsonrpc\":\"2.0\",\"id\":\"two\",\"method\":\"tools/call\",\"params\":{\"name\":\"é\"}}\n"
                            + "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\"}\n",
                    "mcp",
                    "--url",
                    api.url());
            assertThat(out().lines())
                    .hasSize(4)
                    .anyMatch(line -> line.contains("-32700") && line.contains("\"id\":null"))
                    .contains(
                            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}",
                            "{\"jsonrpc\":\"2.0\",\"id\":\"two\",\"result\":{}}")
                    .anyMatch(line -> line.contains("\"id\":3") && line.contains("not for you"));
            assertThat(api.requests).contains("version null, name =?base64?w6k=?=");
        }
        out.reset();
        run(
                options -> never(),
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
                "mcp",
                "--url",
                "http://127.0.0.1:1");
        assertThat(out()).contains("No server answers").contains("\"id\":1");
    }

    @Test
    void linesThatOnlyMovedAreNoChange() {
        assertThat(BlockDiff.between(Map.of("a", "x\ny"), Map.of("a", "y\nx", "b", "new")))
                .isEqualTo(List.of(new BlockDiff.Change("b", true, "new")));
    }

    @Test
    void theBackendComesFromTheEnvironmentAndTheModelFromTheServersList() throws JsonProcessingException {
        assertThat(Backend.first(Map.of())).isEqualTo(Backend.DEMO);
        assertThat(Backend.first(Map.of("OLLAMA_BASE_URL", "http://x", "ANTHROPIC_API_KEY", " ")))
                .isEqualTo(Backend.OLLAMA);
        assertThat(
                        Backend.OPENAI.handle(
                                Json.parse(
                                        "[{\"handle\":\"openai/text-embedding-3-small\"},{\"handle\":\"openai/o9\"},{\"handle\":\"openai/gpt-4o\"}]")))
                .isEqualTo("openai/gpt-4o");
        assertThat(Backend.ANTHROPIC.handle(Json.parse("[]"))).startsWith("anthropic/");
    }
}
