package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Clock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page and the session of a browser, over HTTP, on a server that lets nobody in without its password. */
class AdeRoutesTest {
    private final HttpClient browser = HttpClient.newHttpClient();
    private HttpServer server;
    private int port;

    @BeforeEach
    void start() {
        Door door = Door.of(true, false, List.of(), "right"::equals);
        Sessions sessions = new Sessions(Clock.system());
        List<Route> routes = new ArrayList<>(new AdeRoutes(door, sessions).routes());
        routes.add(Route.get("/v1/guarded", "").by(call -> Answer.ok("in")));
        server = new HttpServer(new Reception(
                new RouteTable(routes),
                door,
                Guests.NONE,
                new Gate((access, ids) -> false),
                id -> new Actor("org", "user"),
                new BodyReader(10_000),
                sessions));
        port = server.start("127.0.0.1", 0);
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return send(path, HttpRequest.Builder::GET, headers);
    }

    private HttpResponse<String> send(String path, UnaryOperator<HttpRequest.Builder> how, String... headers)
            throws Exception {
        HttpRequest.Builder request = how.apply(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return browser.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> login(String secret, String... headers) throws Exception {
        return send(
                "/ade/session",
                request -> request.header("content-type", "application/json")
                        .POST(BodyPublishers.ofString("{\"secret\": \"" + secret + "\"}")),
                headers);
    }

    private static String cookie(HttpResponse<String> answer) {
        return answer.headers().firstValue("set-cookie").orElseThrow().split(";")[0];
    }

    @Test
    void thePageIsServedAtEveryAddressBelowItsOwnAndTrustsNothingElse() throws Exception {
        for (String path : List.of("/ade", "/ade/", "/ade/agents/agent-1/chat")) {
            HttpResponse<String> page = get(path);
            assertThat(page.statusCode()).as(path).isEqualTo(200);
            assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
            String policy = page.headers().firstValue("content-security-policy").orElseThrow();
            assertThat(policy).contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'");
            assertThat(policy).doesNotContain("unsafe", "http");
        }
        assertThat(get("/ade").headers().firstValue("content-security-policy"))
                .as("a nonce is used once")
                .isNotEqualTo(get("/ade").headers().firstValue("content-security-policy"));
    }

    @Test
    void whatIsNoFileOfOursIsNotFound() throws Exception {
        for (String path : List.of(
                "/ade/assets/nothing.js", "/ade/assets/..%2findex.html", "/ade/assets/%2e%2e/%2e%2e/logback.xml")) {
            assertThat(get(path).statusCode()).as(path).isIn(400, 404);
        }
    }

    @Test
    void aSecretShownOnceOpensTheDoorForThisBrowserOnly() throws Exception {
        assertThat(get("/v1/guarded").statusCode()).isEqualTo(401);
        assertThat(login("wrong").statusCode()).isEqualTo(401);
        HttpResponse<String> in = login("right");
        assertThat(in.statusCode()).isEqualTo(204);
        String whole = in.headers().firstValue("set-cookie").orElseThrow();
        assertThat(whole).contains("HttpOnly", "SameSite=Strict", "Path=/").doesNotContain("right");
        String cookie = cookie(in);
        assertThat(get("/v1/guarded", "cookie", "a=b; " + cookie).statusCode()).isEqualTo(200);
        assertThat(get("/v1/guarded", "cookie", cookie, "origin", "http://127.0.0.1:" + port)
                        .statusCode())
                .isEqualTo(200);
        assertThat(get("/v1/guarded", "cookie", "mneme_session=made-up").statusCode())
                .isEqualTo(401);
    }

    @Test
    void noOtherPageCanUseASession() throws Exception {
        String cookie = cookie(login("right"));
        for (String origin : List.of("http://127.0.0.1:3000", "https://evil.example", "null", "::")) {
            assertThat(get("/v1/guarded", "cookie", cookie, "origin", origin).statusCode())
                    .as(origin)
                    .isEqualTo(401);
        }
        assertThat(get("/v1/guarded", "cookie", cookie, "sec-fetch-site", "same-site")
                        .statusCode())
                .isEqualTo(401);
        assertThat(get("/v1/guarded", "cookie", cookie, "sec-fetch-site", "cross-site")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void aSessionEndsWhenItIsClosed() throws Exception {
        String cookie = cookie(login("right"));
        HttpResponse<String> out = send("/ade/session", HttpRequest.Builder::DELETE, "cookie", cookie);
        assertThat(out.headers().firstValue("set-cookie").orElseThrow()).contains("Max-Age=0");
        assertThat(get("/v1/guarded", "cookie", cookie).statusCode()).isEqualTo(401);
    }

    @Test
    void aProxyMayPutThePageElsewhereButNotAnything() throws Exception {
        assertThat(cookieHeader(login("right", "x-forwarded-prefix", "/mneme/", "x-forwarded-proto", "https")))
                .contains("Path=/mneme/;", "; Secure");
        assertThat(cookieHeader(login("right", "x-forwarded-prefix", "/x; Domain=evil.example")))
                .contains("Path=/;")
                .doesNotContain("evil");
    }

    private static String cookieHeader(HttpResponse<String> answer) {
        return answer.headers().firstValue("set-cookie").orElseThrow();
    }
}
