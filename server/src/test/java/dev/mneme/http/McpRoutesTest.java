package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.testkit.FakeMcp;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class McpRoutesTest {
    private static final String ECHO =
            "{'name':'%s','description':'Says it','inputSchema':{'type':'object','properties':"
                    + "{'message':{'type':'string'}},'required':['message']}}";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;

    @BeforeAll
    static void start() {
        house = new House(folder);
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static Web.Reply create(String name, String url) {
        return web.post(
                "/v1/mcp-servers",
                Json.write(Json.object()
                        .put("server_name", name)
                        .set(
                                "config",
                                Json.object()
                                        .put("mcp_server_type", "streamable_http")
                                        .put("server_url", url)
                                        .put("auth_header", "Authorization")
                                        .put("auth_token", "Bearer abc"))));
    }

    @Test
    void toolsAreImportedKeptInStepAndCalled() throws Exception {
        try (FakeMcp fake = new FakeMcp()) {
            fake.offer(("[" + ECHO.formatted("said") + ",{'name':'bad','inputSchema':{'type':'text'}}]")
                    .replace('\'', '"'));
            fake.answer(
                    "said",
                    call -> FakeMcp.text(
                            call,
                            "Echo: " + call.at("/params/arguments/message").asText()));
            JsonNode made = create("one", fake.url()).json();
            assertThat(made.path("auth_token").asText()).isEqualTo("Bearer ********");
            assertThat(made.path("failed_tools").path(0).path("name").asText()).isEqualTo("bad");
            String at = "/v1/mcp-servers/" + made.path("id").asText();
            JsonNode tool = web.get(at + "/tools").json().path(0);
            assertThat(tool.path("tags").path(0).asText()).isEqualTo("mcp:one");
            assertThat(tool.at("/json_schema/mcp:SCHEMA_STATUS").asText()).isEqualTo("STRICT_COMPLIANT");
            JsonNode ran = web.post(
                            at + "/tools/" + tool.path("id").asText() + "/run", "{\"args\":{\"message\":\"hi\"}}")
                    .json();
            assertThat(ran.path("func_return").asText()).isEqualTo("Echo: hi");
            assertThat(fake.headers).allMatch(each -> "Bearer abc".equals(each.get("authorization")));
            fake.answer("said", FakeMcp::picture);
            JsonNode pictured = web.post(
                            at + "/tools/" + tool.path("id").asText() + "/run", "{\"args\":{\"message\":\"hi\"}}")
                    .json();
            assertThat(pictured.path("func_return").toString()).contains("aWdn").contains("image/png");
            fake.answer("said", call -> "{nothing like json");
            assertThat(web.post(at + "/tools/" + tool.path("id").asText() + "/run", "{\"args\":{}}")
                            .status())
                    .isEqualTo(502);
        }
    }

    @Test
    void aServerThatAlwaysSaysThatItsToolsAreOthersIsAskedOnceMoreAndThenLeftInPeace() throws Exception {
        try (FakeMcp fake = new FakeMcp()) {
            fake.offer(("[" + ECHO.formatted("said_again") + "]").replace('\'', '"'));
            fake.chatty();
            assertThat(create("chatty", fake.url()).status()).isEqualTo(200);
            for (int i = 0; i < 200 && fake.lists.get() < 2; i++) {
                Thread.sleep(10);
            }
            // without a pause it would be asked hundreds of times meanwhile
            Thread.sleep(300);
            assertThat(fake.lists).hasValue(2);
        }
    }

    @Test
    void aTokenGoesUnderTheNameOfItsHeader() throws Exception {
        try (FakeMcp fake = new FakeMcp()) {
            JsonNode made = web.post(
                            "/v1/mcp-servers",
                            "{'server_name':'named','config':{'mcp_server_type':'streamable_http','server_url':'"
                                    + fake.url() + "','auth_header':'X-Api-Key','auth_token':'abc'}}")
                    .json();
            assertThat(made.path("auth_header").asText()).isEqualTo("X-Api-Key");
            assertThat(made.path("auth_token").asText()).isEqualTo("********");
            assertThat(fake.headers)
                    .isNotEmpty()
                    .allMatch(each -> "abc".equals(each.get("x-api-key")) && !each.containsKey("authorization"));
        }
    }

    @Test
    void aServerThatWasRestartedIsGreetedAnewWhateverStatusItSaysThatWith() throws Exception {
        try (FakeMcp fake = new FakeMcp()) {
            fake.offer(("[" + ECHO.formatted("kept") + "]").replace('\'', '"'));
            fake.answer("kept", call -> FakeMcp.text(call, "still here"));
            fake.session("one");
            JsonNode made = create("restarted", fake.url()).json();
            String at = "/v1/mcp-servers/" + made.path("id").asText() + "/tools";
            String tool = web.get(at).json().at("/0/id").asText();
            fake.session("two");
            JsonNode ran = web.post(at + "/" + tool + "/run", "{\"args\":{}}").json();
            assertThat(ran.path("func_return").asText()).isEqualTo("still here");
        }
    }

    @Test
    void whatCannotBeReachedIsToldAndARedirectElsewhereIsNotFollowed() throws Exception {
        try (FakeMcp fake = new FakeMcp()) {
            fake.redirect("http://169.254.169.254/mcp");
            JsonNode made = create("two", fake.url()).json();
            assertThat(made.path("connection_error").asText()).contains("points to another server");
            assertThat(create("two", fake.url()).status()).isEqualTo(409);
        }
        assertThat(create("three", "http://127.0.0.1:9/mcp").status()).isEqualTo(422);
        assertThat(web.get("/v1/mcp-servers/abc").status()).isEqualTo(404);
    }
}
