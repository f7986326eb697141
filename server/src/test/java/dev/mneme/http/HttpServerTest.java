package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelException;
import dev.mneme.wire.CreateArchive;
import dev.mneme.wire.EnvironmentPage;
import dev.mneme.wire.RegisterEnvironment;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The door itself, over routes of its own. */
class HttpServerTest {
    private static final int BODY_LIMIT = 1 << 20;
    private static final Param<Integer> LIMIT = Param.whole("limit", 50, 0, 100, "rows");

    private static HttpServer server;
    private static Web web;
    private static int port;

    @BeforeAll
    static void start() {
        List<Route> routes = new ArrayList<>(List.of(
                Route.get("/v1/echo/{x}", "x")
                        .takes(LIMIT)
                        .by(call -> Answer.ok(List.of(call.at("x"), call.at(LIMIT)))),
                Route.get("/v1/echo/count", "x").by(call -> Answer.ok("counted")),
                Route.get("/v1/agents/{agent_id:agent}/x", "x").by(call -> Answer.ok(call.at("agent_id"))),
                Route.get("/v1/deep/{label*}", "x").by(call -> Answer.ok(call.at("label"))),
                Route.post("/v1/archive", "x")
                        .body(CreateArchive.class)
                        .by(call -> Answer.ok(call.body(CreateArchive.class))),
                Route.get("/v1/who", "x").by(call -> Answer.ok(List.of(call.user(), call.caller()))),
                Route.get("/v1/none", "x").by(call -> Answer.noContent()),
                Route.get("/v1/stream", "x")
                        .by(call -> Answer.stream(out -> {
                            out.data("{\"a\":1}");
                            out.error("{\"e\":1}");
                            out.done();
                        })),
                Route.get("/v1/fail/{how}", "x").by(call -> {
                    throw failure(call.at("how"));
                })));
        routes.addAll(new HealthRoutes().routes());
        routes.addAll(new PageRoutes(() -> routes, "test").routes());
        server = new HttpServer(new Reception(
                new RouteTable(routes),
                Door.of(false, false, List.of(), "right"::equals),
                Guests.NONE,
                new Gate((access, ids) -> false),
                id -> new Actor("org", id == null ? "default" : id),
                new BodyReader(BODY_LIMIT),
                new Sessions(Clock.system())));
        port = server.start("127.0.0.1", 0);
        web = new Web(port);
    }

    @AfterAll
    static void stop() {
        web.close();
        server.stop();
    }

    private static RuntimeException failure(String how) {
        return switch (how) {
            case "busy" -> new Problem(ProblemCode.BUSY, "CONFLICT: busy").with("run_id", "run-1");
            case "pending" ->
                new Problem(ProblemCode.PENDING_APPROVAL, "CONFLICT: wait").with("pending_request_id", "message-1");
            case "invalid" -> Problem.invalid("no");
            case "llm" -> new ModelException(ProblemCode.LLM_RATE_LIMIT, "Slow down.", "RATE: 429", null);
            case "window" -> new ModelException(ProblemCode.LLM_CONTEXT_WINDOW, "Too long.", "9 > 8", null);
            default -> new IllegalStateException("a bug with a secret in it");
        };
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/health, 200",
        "/v1/health/, 200",
        "/latest/health/, 200",
        "/v1/ready, 200",
        "/v1/nope, 404",
        "/nope, 404",
        "/v1/echo/a, 200",
        "/v1/echo/a/, 200",
        "/latest/echo/a, 200",
        "/v1/echo, 404",
        "/v1//echo/a, 404",
        "/v1/agents/agent-1/x, 422",
        "/v1/agents/agent-123e4567-e89b-42d3-8456-426614174000/x/, 200",
        "/v1/none, 204",
        "/, 200",
        "/docs, 200",
        "/openapi.json, 200",
        "/v1/identities/, 404",
        "/v1/mcp-servers/, 404",
        "/v1/feeds, 404",
        "/v1/echo/%00, 200"
    })
    void routes(String path, int status) {
        assertThat(web.get(path).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/health HTTP/1.1\r\n\r\n",
                "nonsense\r\n\r\n",
                "GET /v1/health HTTP/1.1\r\nHost: a b@c\r\n\r\n",
                "GET /v1/health HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n"
            })
    void aRequestThatIsNoHttpGetsAnAnswerAllTheSame(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 4")
                    .contains("{\"detail\":");
        }
    }

    @Test
    void aClientThatAsksForItIsHungUpOn() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write("GET /v1/health/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("}");
        }
    }

    @Test
    void aPortThatIsTakenIsNoSilentStart() {
        HttpServer second = new HttpServer(new Reception(
                new RouteTable(List.of()),
                Door.of(false, false, List.of(), "right"::equals),
                Guests.NONE,
                new Gate((access, ids) -> false),
                id -> new Actor("org", "default"),
                new BodyReader(BODY_LIMIT),
                new Sessions(Clock.system())));

        assertThatThrownBy(() -> second.start("127.0.0.1", port)).hasMessageContaining("cannot listen");
    }

    @Test
    void healthNamesTheContract() {
        assertThat(web.get("/v1/health/").text()).isEqualTo("{\"version\":\"0.16.7\",\"status\":\"ok\"}");
    }

    @Test
    void pathsAreDecodedBySegment() {
        assertThat(web.get("/v1/echo/openai%2Fgpt+4%20o").text()).isEqualTo("[\"openai/gpt+4 o\",50]");
        assertThat(web.get("/v1/echo/count").text()).isEqualTo("\"counted\"");
        assertThat(web.get("/v1/deep/a/b%2Fc").text()).isEqualTo("\"a/b/c\"");
    }

    @Test
    void aMalformedIdIsRefusedWithAnExample() {
        Web.Reply reply = web.get("/v1/agents/abc/x");

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.detail())
                .startsWith(
                        "[{'type': 'string_pattern_mismatch', 'loc': ('path', 'agent_id'), 'msg': \"String should match"
                                + " pattern 'agent-{uuid4}'\", 'input': 'abc'");
        assertThat(reply.json().path("examples").path(0).asText())
                .isEqualTo("agent-123e4567-e89b-42d3-8456-426614174000");
        assertThat(reply.json().path("trace_id").asText("?")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"HEAD, /v1/health", "PUT, /v1/echo/a", "DELETE, /v1/health/", "OPTIONS, /v1/health"})
    void aWrongMethodIsToldTheRightOnes(String method, String path) {
        Web.Reply reply = web.send(method, path, null);

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("allow")).isEqualTo("GET");
        if (!method.equals("HEAD")) {
            assertThat(reply.text()).isEqualTo("{\"detail\":\"Method Not Allowed\"}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'name':'a'}      | application/json    | 200 | ",
                "{'name':'a'}      | application/json; charset=utf-8 | 200 | ",
                "{'name':'a'}      | text/plain          | 422 | [{'type': 'model_attributes_type', 'loc': ('body',)",
                "{'name':          | application/json    | 422 | [{'type': 'json_invalid', 'loc': ('body', ",
                "{'name':'a'} x    | application/json    | 422 | [{'type': 'json_invalid', 'loc': ('body', ",
                "{}                | application/json    | 422 | [{'type': 'missing', 'loc': ('body', 'name'), 'msg': 'Field required', 'input': None}]",
                "''                | application/json    | 422 | ",
                "{'name':7}        | application/json    | 422 | [{'type': 'string_type', 'loc': ('body', 'name')",
            })
    void bodies(String body, String type, int status, String detail) {
        Web.Reply reply = web.post("/v1/archive", body, "Content-Type", type);

        assertThat(reply.status()).isEqualTo(status);
        if (detail != null) {
            assertThat(reply.detail()).startsWith(detail);
            assertThat(reply.json().path("errors").isArray()).isTrue();
        }
    }

    @Test
    void anEmptyBodyIsAMissingOne() {
        assertThat(web.post("/v1/archive", "").detail())
                .isEqualTo("[{'type': 'missing', 'loc': ('body',), 'msg': 'Field required', 'input': None}]");
    }

    @Test
    void nulsAndHalfSurrogatesAreTakenOut() {
        Web.Reply reply = web.post("/v1/archive", "{'name':'a\\u0000b\\ud800c\\ud83d\\ude00'}");

        assertThat(reply.json().path("name").asText()).isEqualTo("abc\ud83d\ude00");
    }

    @Test
    void aHugeBodyIsRefusedWithTheLimit() {
        Web.Reply reply = web.post("/v1/archive", "{'name':'" + "x".repeat(20 << 20) + "'}");

        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.detail()).contains("1048576 bytes (1 MB)");
    }

    @Test
    void deeplyNestedJsonIsRefused() {
        assertThat(web.post("/v1/archive", "[".repeat(100_000)).status()).isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource({"limit=7, 200", "limit=abc, 422", "limit=-1, 422", "limit=101, 422", "limit=, 422"})
    void parameters(String query, int status) {
        assertThat(web.get("/v1/echo/a?" + query).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "busy    | 409 | false | {\"detail\":\"CONFLICT: busy\",\"run_id\":\"run-1\"}",
                "pending | 409 | false | {\"detail\":{\"code\":\"PENDING_APPROVAL\",\"message\":\"CONFLICT: wait\",\"pending_request_id\":\"message-1\"}}",
                "invalid | 400 |       | {\"detail\":\"INVALID_ARGUMENT: no\"}",
                "llm     | 429 |       | {\"error\":{\"type\":\"llm_rate_limit\",\"message\":\"Slow down.\",\"detail\":\"RATE: 429\"}}",
                "window  | 400 |       | {\"detail\":\"CONTEXT_WINDOW_EXCEEDED: 9 > 8\"}",
            })
    void refusals(String how, int status, String shouldRetry, String body) {
        Web.Reply reply = web.get("/v1/fail/" + how);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text()).isEqualTo(body);
        assertThat(reply.header("x-should-retry")).isEqualTo(shouldRetry);
    }

    @Test
    void aBugTellsItsNumberAndNothingElse() {
        Web.Reply reply = web.get("/v1/fail/bug", "X-Request-Id", "mine-1");

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.text()).isEqualTo("{\"detail\":\"An unknown error occurred\",\"request_id\":\"mine-1\"}");
        assertThat(reply.header("x-request-id")).isEqualTo("mine-1");
    }

    @Test
    void whoActs() {
        String user = "user-123e4567-e89b-42d3-8456-426614174000";
        assertThat(web.get("/v1/who").text()).isEqualTo("[\"default\",\"LEGACY\"]");
        assertThat(web.get("/v1/who", "user_id", user, "X-Stainless-Package-Version", "1.0")
                        .text())
                .isEqualTo("[\"" + user + "\",\"SDK_1\"]");
        Web.Reply bad = web.get("/v1/who", "user_id", "me");
        assertThat(bad.status()).isEqualTo(400);
        assertThat(bad.detail())
                .isEqualTo("INVALID_ARGUMENT: Invalid user ID format: me. Expected format: 'user-<uuid4>'");
    }

    @Test
    void eventsAreWrittenAsTheContractHasThem() {
        Web.Reply reply = web.get("/v1/stream");

        assertThat(reply.header("content-type")).isEqualTo("text/event-stream; charset=utf-8");
        assertThat(reply.text()).isEqualTo("data: {\"a\":1}\n\nevent: error\ndata: {\"e\":1}\n\ndata: [DONE]\n\n");
    }

    @Test
    void aProxiedRequestNeedsThePassword() {
        assertThat(web.get("/v1/who", "X-Forwarded-For", "1.2.3.4").text()).startsWith("{\"detail\":\"Unauthorized\"");
        assertThat(web.get("/v1/who", "X-Forwarded-For", "1.2.3.4", "Authorization", "Bearer right")
                        .status())
                .isEqualTo(200);
        assertThat(web.get("/v1/health", "X-Forwarded-For", "1.2.3.4").status()).isEqualTo(200);
        assertThat(web.get("/v1/unknown", "X-Forwarded-For", "1.2.3.4").status())
                .isEqualTo(401);
        assertThat(web.get("/v1/agents/bad/x", "X-Forwarded-For", "1.2.3.4").status())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({"http://localhost:3000, 200, http://localhost:3000", "https://evil.example, 400, "})
    void preflights(String origin, int status, String allowed) {
        Web.Reply reply =
                web.send("OPTIONS", "/v1/agents/", null, "Origin", origin, "Access-Control-Request-Method", "POST");

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.header("access-control-allow-origin")).isEqualTo(allowed);
        assertThat(reply.header("access-control-allow-methods")).contains("PATCH");
    }

    @Test
    void aForeignPageIsKeptOut() {
        assertThat(web.get("/v1/who", "Origin", "https://evil.example").status())
                .isEqualTo(403);
        assertThat(web.get("/v1/who", "Origin", "http://localhost:3000").header("access-control-allow-origin"))
                .isEqualTo("http://localhost:3000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/docs", "/"})
    void pagesLoadNothingFromElsewhere(String path) {
        Web.Reply page = web.get(path);

        assertThat(page.header("content-type")).startsWith("text/html");
        assertThat(page.text()).doesNotContain("<script").doesNotContain("src=").doesNotContain("https://");
    }

    @Test
    void theReferenceKnowsNamesAsTheyAreWrittenAndTheShapesOfRefusals() {
        Route read = Route.get("/v1/x", "x").gives(EnvironmentPage.class).by(call -> Answer.noContent());
        Route write = Route.post("/v1/x", "x").body(RegisterEnvironment.class).by(call -> Answer.noContent());
        JsonNode reference = OpenApi.of(List.of(read, write), "1");

        assertThat(reference.at("/components/schemas/EnvironmentPage/required").toString())
                .isEqualTo("[\"connections\",\"hasNextPage\"]");
        assertThat(reference
                        .at("/components/schemas/RegisterEnvironment/properties")
                        .has("device_id"))
                .isTrue();
        assertThat(reference.at("/paths/~1v1~1x/get/responses/4XX/$ref").asText())
                .isEqualTo("#/components/responses/Refusal");
        assertThat(reference.at("/components/responses/Refusal/content/application~1json/schema/anyOf"))
                .hasSize(3);
    }

    @Test
    void theReferenceHoldsEveryRoute() {
        var paths = web.get("/openapi.json").json().path("paths");

        assertThat(paths.path("/v1/health").has("get")).isTrue();
        assertThat(paths.path("/v1/stream").has("get")).isTrue();
    }
}
