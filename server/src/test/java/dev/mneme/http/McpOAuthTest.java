package dev.mneme.http;

import static dev.mneme.store.gen.Tables.MCP_OAUTH;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import dev.mneme.testkit.FakeAuth;
import dev.mneme.testkit.FakeMcp;
import dev.mneme.tool.mcp.SignIns;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signing in at MCP servers: a fake authorization server, a fake MCP server, a real server between them (decision 0030). */
class McpOAuthTest {
    private static final String CALLBACK = SignIns.CALLBACK + "?";
    private static final String TOOL =
            "[{\"name\":\"%s\",\"description\":\"x\",\"inputSchema\":{\"type\":\"object\",\"properties\":{}}}]";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;
    private static int number;

    private FakeAuth auth;
    private FakeMcp mcp;
    private String tool;
    private String transport = "streamable_http";

    @BeforeAll
    static void start() {
        house = new House(folder);
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    @BeforeEach
    void servers() throws IOException {
        house.address = "http://localhost:" + web.port();
        auth = new FakeAuth();
        mcp = new FakeMcp();
        mcp.wants(auth);
        tool = "signed_" + ++number;
        mcp.offer(TOOL.formatted(tool));
        mcp.answer(tool, call -> FakeMcp.text(call, "done"));
    }

    @AfterEach
    void end() {
        mcp.close();
        auth.close();
    }

    /** A stream of events that is read while it goes on. */
    private record Events(HttpClient client, HttpResponse<Stream<String>> answer, Iterator<String> lines)
            implements AutoCloseable {
        static Events of(HttpRequest.Builder request, String... headers) throws Exception {
            for (int i = 0; i < headers.length; i += 2) {
                request.setHeader(headers[i], headers[i + 1]);
            }
            HttpClient client = HttpClient.newHttpClient();
            HttpResponse<Stream<String>> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
            return new Events(client, answer, answer.body().iterator());
        }

        JsonNode next() throws IOException {
            while (lines.hasNext()) {
                String line = lines.next();
                if (line.startsWith("data: ")) {
                    return Json.parse(line.substring(6));
                }
            }
            throw new AssertionError("the stream ended");
        }

        JsonNode next(String event) throws IOException {
            JsonNode next = next();
            assertThat(next.path("event").asText()).as(next.toString()).isEqualTo(event);
            return next;
        }

        /** The address that the user is sent to. */
        String address() throws IOException {
            next("connection_attempt");
            next("oauth_required");
            JsonNode address = next("authorization_url");
            assertThat(address.path("session_id").asText()).matches("mcp-oauth-[0-9a-f]{8}");
            next("waiting_for_auth");
            return address.path("url").asText();
        }

        @Override
        public void close() {
            answer.body().close();
            client.shutdownNow();
        }
    }

    private String server(String... headers) {
        Web.Reply made = web.post(
                "/v1/mcp-servers",
                "{'server_name':'" + tool + "','config':{'mcp_server_type':'" + transport + "','server_url':'"
                        + mcp.url() + "'}}",
                headers);
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.json().path("connection_error").asText()).contains("401");
        return made.json().path("id").asText();
    }

    private static Events connect(String id, String... headers) throws Exception {
        return Events.of(
                HttpRequest.newBuilder(URI.create("http://localhost:" + web.port() + "/v1/mcp-servers/connect/" + id)),
                headers);
    }

    /** Registers the server and signs in at it; its id. */
    private String signedIn(String... headers) throws Exception {
        String id = server(headers);
        try (Events events = connect(id, headers)) {
            Web.Reply back = web.get(CALLBACK + auth.agree(events.address()));
            assertThat(back.json().path("status").asText()).as(back.text()).isEqualTo("success");
            events.next("success");
        }
        return id;
    }

    private Web.Reply run(String id, String... headers) {
        String toolId = web.get("/v1/mcp-servers/" + id + "/tools", headers)
                .json()
                .at("/0/id")
                .asText();
        return web.post("/v1/mcp-servers/" + id + "/tools/" + toolId + "/run", "{\"args\":{}}", headers);
    }

    private static void assertRuns(Web.Reply reply) {
        assertThat(reply.json().path("func_return").asText()).as(reply.text()).isEqualTo("done");
    }

    @Test
    void somebodySignsInAndTheToolsAreThereAndRun() throws Exception {
        String id = server();
        try (Events events = connect(id)) {
            String address = events.address();
            Map<String, String> query = FakeAuth.query(URI.create(address).getRawQuery());
            assertThat(query).containsEntry("resource", mcp.url()).containsEntry("scope", "tools");
            Web.Reply back = web.get(CALLBACK + auth.agree(address));
            assertThat(back.status()).isEqualTo(200);
            assertThat(back.text())
                    .isEqualTo(
                            "{\"status\":\"success\",\"message\":\"Authorization successful\",\"server_url\":\"%s\"}",
                            mcp.url());
            assertThat(events.next("success").at("/tools/0/name").asText()).isEqualTo(tool);
        }
        assertThat(auth.forms.getFirst()).containsEntry("resource", mcp.url());
        assertRuns(run(id));
        assertThat(web.get("/v1/mcp-servers/" + id).json().has("connection_error"))
                .isFalse();
        // the older route takes what is there
        try (Events events = older()) {
            events.next("connection_attempt");
            events.next("success");
        }
    }

    private Events older() throws Exception {
        return Events.of(HttpRequest.newBuilder(
                        URI.create("http://localhost:" + web.port() + "/v1/tools/mcp/servers/connect"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"server_name\":\"x\",\"type\":\"streamable_http\",\"server_url\":\"" + mcp.url() + "\"}")));
    }

    @Test
    void aServerOfTheOlderKindIsItsOwnAuthorizationServerAndGetsNoResource() throws Exception {
        mcp.legacy();
        try (Events events = older()) {
            String address = events.address();
            assertThat(address).doesNotContain("resource=");
            String query = auth.agree(address).replace(auth.url(), mcp.url().replace("/mcp", ""));
            assertThat(web.get(CALLBACK + query).status()).isEqualTo(200);
            events.next("success");
        }
        assertThat(auth.forms.getFirst()).doesNotContainKey("resource");
    }

    @Test
    void nothingInTheDatabaseOrInAnAnswerIsAToken() throws Exception {
        String id = signedIn();
        List<String> rows = house.db
                .everywhere()
                .read(tx -> tx.sql().selectFrom(MCP_OAUTH).fetch().stream()
                        .map(Object::toString)
                        .toList());
        String refused = auth.given.getFirst();
        auth.good.clear();
        auth.broken = 400;
        String said = run(id).text() + web.get("/v1/mcp-servers/" + id).text() + String.join("", rows);
        assertThat(said).contains("401");
        assertThat(refused).startsWith("access-token-");
        auth.given.forEach(token -> assertThat(said).doesNotContain(token));
        assertThat(said).doesNotContain("secret-of-client");
    }

    @Test
    void tokensOfOneUserServeNobodyElse() throws Exception {
        String other = web.post(
                        "/v1/admin/users",
                        "{'name':'Bea','organization_id':'" + dev.mneme.store.Db.DEFAULT_ORGANIZATION + "'}")
                .json()
                .path("id")
                .asText();
        String id = signedIn();
        assertRuns(run(id));
        Web.Reply hers = run(id, "user_id", other);
        assertThat(hers.status()).isEqualTo(502);
        assertThat(hers.text()).contains("401");
        try (Events events = connect(id, "user_id", other)) {
            events.address();
        }
        assertRuns(run(id));
    }

    @Test
    void aStateWorksOnceAndInItsOrganisationOnly() throws Exception {
        String org =
                web.post("/v1/admin/orgs", "{'name':'Other'}").json().path("id").asText();
        String user = web.post("/v1/admin/users", "{'name':'Cid','organization_id':'" + org + "'}")
                .json()
                .path("id")
                .asText();
        String id = server();
        try (Events events = connect(id)) {
            String query = auth.agree(events.address());
            // whoever brings it back: it belongs to those who began
            assertThat(web.get(CALLBACK + query, "user_id", user).status()).isEqualTo(200);
            events.next("success");
            Web.Reply again = web.get(CALLBACK + query);
            assertThat(again.status()).isEqualTo(400);
            String why = "Invalid or expired state parameter";
            assertThat(again.json())
                    .isEqualTo(Json.object()
                            .put("status", "error")
                            .put("message", why)
                            .put("detail", why));
        }
        assertRuns(run(id));
        String theirs = server("user_id", user);
        assertThat(web.patch("/v1/mcp-servers/" + theirs + "/refresh", "", "user_id", user)
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "'',Missing state parameter",
        "state=,Missing state parameter",
        "state=nobody&code=x,Invalid or expired state parameter",
        "state=nobody&error=access_denied,Invalid or expired state parameter",
        "code=x&error=access_denied,Missing state parameter",
    })
    void aWrongStateIsRefusedBeforeAnythingElse(String query, String message) {
        Web.Reply reply = web.get(CALLBACK + query);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("message").asText()).isEqualTo(message);
        assertThat(reply.json().path("detail").asText()).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource({
        "error=access_denied&error_description=No.,access_denied: No.",
        "iss=http://elsewhere.example&code=x,The answer came from another authorization server than was asked",
        "code=x,The answer came from another authorization server than was asked",
        "iss=@,Missing authorization code",
        "iss=@&code=never-given,its authorization server gives no tokens: invalid_grant (status 400)",
    })
    void whatElseTheBrowserMayBringIsToldToThoseWhoWait(String query, String message) throws Exception {
        String id = server();
        try (Events events = connect(id)) {
            String state =
                    FakeAuth.query(URI.create(events.address()).getRawQuery()).get("state");
            Web.Reply reply = web.get(CALLBACK + "state=" + state + "&" + query.replace("@", auth.url()));
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.json().path("message").asText()).isEqualTo(message);
            assertThat(events.next("error").path("message").asText()).isEqualTo(message);
            assertThat(web.get(CALLBACK + "state=" + state + "&code=x")
                            .json()
                            .path("message")
                            .asText())
                    .startsWith("Invalid");
        }
    }

    @Test
    void anExpiredOneIsOver() throws Exception {
        String id = server();
        try (Events events = connect(id)) {
            String query = auth.agree(events.address());
            house.db
                    .everywhere()
                    .write(tx -> tx.sql()
                            .update(MCP_OAUTH)
                            .set(MCP_OAUTH.EXPIRES_AT, 1L)
                            .execute());
            assertThat(web.get(CALLBACK + query).json().path("message").asText())
                    .startsWith("Invalid or expired");
            assertThat(events.next("error").path("message").asText()).contains("nobody signed in within 300 s");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "authorization_endpoint,http://169.254.169.254/authorize,metadata services are never called",
        "token_endpoint,http://10.0.0.1/token,it is on a private network",
        "registration_endpoint,http://127.0.0.1:1/register,it is on a private network",
        "authorization_endpoint,javascript:alert(1),is no address",
        "token_endpoint,http://user:pass@localhost/token,has no plain host name",
        "issuer,https://other.example,says that it is another",
    })
    void whatAnAuthorizationServerSaysOfItselfIsChecked(String key, String value, String why) throws Exception {
        auth.metadata.put(key, value);
        assertFails(why);
    }

    private void assertFails(String why) throws Exception {
        try (Events events = connect(server())) {
            events.next("connection_attempt");
            events.next("oauth_required");
            assertThat(events.next("error").path("message").asText()).contains(why);
        }
    }

    @Test
    void aDescriptionThatPointsInsideOrBelongsToAnotherIsNotFollowed() throws Exception {
        mcp.description = "http://169.254.169.254/latest";
        assertFails("metadata services are never called");
        mcp.description = "http://localhost:" + web.port() + "/v1/health";
        tool = tool + "_b";
        assertFails("resource is no address");
    }

    @Test
    void withoutPkceOrAPlaceToRegisterOrToComeBackToNobodySignsIn() throws Exception {
        auth.metadata.putArray("code_challenge_methods_supported").add("plain");
        assertFails("knows no PKCE by S256");
        auth.metadata.remove("code_challenge_methods_supported");
        auth.metadata.remove("registration_endpoint");
        tool = tool + "_b";
        assertFails("takes no clients by itself");
        house.address = null;
        tool = tool + "_c";
        assertFails("No redirect URI found");
    }

    @Test
    void theTokenEndpointMayBeDownWhenTheBrowserComesBack() throws Exception {
        try (Events events = connect(server())) {
            String query = auth.agree(events.address());
            auth.broken = 503;
            assertThat(web.get(CALLBACK + query).json().path("message").asText())
                    .contains("status 503");
            events.next("error");
        }
    }

    @Test
    void tokensAreRenewedBeforeTheyEndAndOnceByManyAtOnce() throws Exception {
        auth.life = 30;
        String id = signedIn();
        int before = auth.forms.size();
        auth.life = 3_600;
        auth.slow = 50;
        List<Callable<Web.Reply>> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(() -> run(id));
        }
        try (Scope scope = new Scope("callers")) {
            scope.all(all).forEach(McpOAuthTest::assertRuns);
        }
        assertThat(auth.forms).hasSize(before + 1);
        assertThat(auth.forms.getLast())
                .containsEntry("grant_type", "refresh_token")
                .containsEntry("resource", mcp.url());
        assertThat(auth.replays).hasValue(0);
    }

    @Test
    void tokensThatTheServerRefusesAreRenewedOnce() throws Exception {
        String id = signedIn();
        auth.good.clear();
        assertRuns(run(id));
        int before = auth.forms.size();
        auth.good.clear();
        assertThat(run(id).status()).isEqualTo(502);
        assertThat(auth.forms)
                .as("a server that refuses what is new is not believed")
                .hasSize(before);
    }

    @Test
    void aRefusedRenewalEndsItAndOneThatFailsIsTriedAgain() throws Exception {
        String id = signedIn();
        auth.good.clear();
        auth.broken = 503;
        assertThat(run(id).text()).contains("could not be renewed").contains("status 503");
        auth.broken = 0;
        assertRuns(run(id));
        house.db
                .everywhere()
                .write(tx ->
                        tx.sql().update(MCP_OAUTH).set(MCP_OAUTH.UPDATED_AT, 1L).execute());
        auth.life = 30;
        String again = signedInAgain(id);
        auth.broken = 400;
        assertThat(run(again).text()).contains("401");
        int asked = auth.forms.size();
        assertThat(run(again).text()).contains("401");
        assertThat(auth.forms).as("what was refused is not asked for again").hasSize(asked);
        auth.broken = 0;
        assertRuns(run(signedInAgain(id)));
    }

    private String signedInAgain(String id) throws Exception {
        auth.good.clear();
        house.db.everywhere().write(tx -> tx.sql().deleteFrom(MCP_OAUTH).execute());
        try (Events events = connect(id)) {
            assertThat(web.get(CALLBACK + auth.agree(events.address())).status())
                    .isEqualTo(200);
            events.next("success");
        }
        return id;
    }

    @Test
    void deletingTheServerSignsEverybodyOut() throws Exception {
        String id = signedIn();
        web.delete("/v1/mcp-servers/" + id);
        server();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tokensAreGivenBackWhenTheServerIsDeletedOrMoves(boolean moves) throws Exception {
        auth.basic = moves;
        if (moves) {
            auth.metadata.putArray("token_endpoint_auth_methods_supported").add("client_secret_basic");
        }
        String id = signedIn();
        String path = "/v1/mcp-servers/" + id;
        Web.Reply reply = moves
                ? web.patch(
                        path, "{'config':{'mcp_server_type':'streamable_http','server_url':'http://localhost:1/mcp'}}")
                : web.delete(path);
        assertThat(reply.status()).isLessThan(300);
        assertThat(auth.revoked.poll(30, TimeUnit.SECONDS)).isEqualTo("refresh_token " + auth.given.get(1));
        assertThat(auth.revoked.poll(30, TimeUnit.SECONDS)).isEqualTo("access_token " + auth.given.get(0));
    }

    @Test
    void aServerThatCannotBeToldIsDeletedAllTheSame() throws Exception {
        String id = signedIn();
        auth.close();
        assertThat(web.delete("/v1/mcp-servers/" + id).status()).isEqualTo(204);
    }

    @Test
    void theClientShowsWhoItIsByAHeaderWhereOnlyThatIsTaken() throws Exception {
        auth.metadata.putArray("token_endpoint_auth_methods_supported").add("client_secret_basic");
        auth.basic = true;
        String id = signedIn();
        auth.good.clear();
        assertRuns(run(id));
        assertThat(auth.forms).allSatisfy(form -> assertThat(form).doesNotContainKeys("client_id", "client_secret"));
    }

    @Test
    void anAnswerThatSaysCreatedHasTokensToo() throws Exception {
        auth.created = 201;
        assertRuns(run(signedIn()));
    }

    /** Many say nothing and obey or ignore PKCE; only those that name other ways are refused (decision 0030). */
    @Test
    void anAuthorizationServerThatSaysNothingOfPkceIsAskedWithIt() throws Exception {
        auth.metadata.remove("code_challenge_methods_supported");
        assertRuns(run(signedIn()));
    }

    @Test
    void serversOfTheOlderTransportAreSignedInAtToo() throws Exception {
        transport = "sse";
        mcp.sse();
        String id = signedIn();
        assertRuns(run(id));
        auth.good.clear();
        assertRuns(run(id));
    }
}
