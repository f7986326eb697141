package dev.mneme.tool.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundFetch;
import dev.mneme.base.OutboundGuard;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolOutcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tools as a model calls them, against services and pages on this machine. */
class WebToolsTest {
    private HttpServer web;
    private URI base;
    private final List<String> asked = new ArrayList<>();

    @BeforeEach
    void listen() throws IOException {
        web = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        base = URI.create("http://localhost:" + web.getAddress().getPort());
        web.start();
    }

    @AfterEach
    void stop() {
        web.stop(0);
    }

    private void serve(String path, int status, String type, byte[] body) {
        web.createContext(path, exchange -> {
            String sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            asked.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("x-api-key") + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " " + sent);
            exchange.getResponseHeaders().set("Content-Type", type);
            if (status / 100 == 3) {
                exchange.getResponseHeaders().set("Location", new String(body, StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(status, -1);
            } else {
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
    }

    private void serve(String path, int status, String type, String body) {
        serve(path, status, type, body.getBytes(StandardCharsets.UTF_8));
    }

    private ToolOutcome call(
            String name, String arguments, Map<String, String> secrets, Map<String, String> environment) {
        WebTools tools = new WebTools(
                (org, agent) -> secrets,
                environment,
                new OutboundFetch(new OutboundGuard(List.of("localhost"))),
                base,
                base);
        Tool tool = tools.all().stream()
                .filter(each -> each.spec().name().equals(name))
                .findFirst()
                .orElseThrow();
        ToolContext context = new ToolContext("org", "user", "run", "agent", "agent", null, "UTC", 0);
        return tool.call(Json.read(arguments, ObjectNode.class), context).apply(null);
    }

    private static String text(ToolOutcome outcome) {
        return switch (outcome) {
            case ToolOutcome.Ok ok -> ok.value().asText();
            case ToolOutcome.Failed failed -> "FAILED " + failed.text();
        };
    }

    @Test
    void saysWhatToSetWhenThereIsNoService() {
        assertThat(text(call("web_search", "{\"query\":\"tea\"}", Map.of(), Map.of())))
                .isEqualTo(
                        "FAILED No search service is set up. Give this agent a secret EXA_API_KEY or TAVILY_API_KEY, or start the"
                                + " server with one of them or with MNEME_SEARXNG_URL.");
    }

    @Test
    void searchesByTheAgentsOwnKeyFirst() throws IOException {
        serve(
                "/search",
                200,
                "application/json",
                "{\"results\":[{\"title\":\"Tea\",\"url\":\"https://tea.example\",\"publishedDate\":\"2026-01-02\",\"text\":\"Leaves.\",\"author\":null}]}");
        String arguments =
                "{\"query\":\"tea\",\"num_results\":3,\"include_text\":true,\"include_domains\":[\"tea.example\"],"
                        + "\"user_location\":\"GB\"}";
        String found =
                text(call("web_search", arguments, Map.of("EXA_API_KEY", "own"), Map.of("TAVILY_API_KEY", "shared")));
        JsonNode answer = Json.parse(found);
        assertThat(answer.path("query").asText()).isEqualTo("tea");
        assertThat(answer.path("results").toString())
                .isEqualTo(
                        "[{\"title\":\"Tea\",\"url\":\"https://tea.example\",\"published_date\":\"2026-01-02\",\"text\":\"Leaves.\"}]");
        assertThat(asked.getFirst())
                .startsWith("/search own null ")
                .contains(
                        "\"numResults\":3",
                        "\"includeDomains\":[\"tea.example\"]",
                        "\"userLocation\":\"GB\"",
                        "\"text\":true");
    }

    @Test
    void searchesByTavily() {
        serve(
                "/search",
                200,
                "application/json",
                "{\"results\":[{\"title\":\"Tea\",\"url\":\"https://tea.example\",\"content\":\"Hot.\",\"raw_content\":null}]}");
        String found = text(call(
                "web_search",
                "{\"query\":\"tea\",\"category\":\"news\",\"start_published_date\":\"2026-01-02T00:00:00Z\"}",
                Map.of(),
                Map.of("TAVILY_API_KEY", "shared")));
        assertThat(found).contains("\"summary\": \"Hot.\"");
        assertThat(asked.getFirst())
                .contains("Bearer shared", "\"topic\":\"news\"", "\"start_date\":\"2026-01-02\"", "\"max_results\":10");
    }

    @Test
    void searchesBySearxngAndKeepsToDomains() {
        serve(
                "/search",
                200,
                "application/json",
                "{\"results\":[{\"title\":\"A\",\"url\":\"https://a.example/x\",\"content\":\"one\"},"
                        + "{\"title\":\"B\",\"url\":\"https://b.example/\",\"content\":\"two\"}]}");
        String found = text(call(
                "web_search",
                "{\"query\":\"tea\",\"num_results\":1,\"exclude_domains\":[\"a.example\"]}",
                Map.of(),
                Map.of("MNEME_SEARXNG_URL", base + "/")));
        assertThat(found).contains("https://b.example/").doesNotContain("a.example");
    }

    @Test
    void tellsWhatTheServiceSaid() {
        serve("/search", 401, "application/json", "{\"error\":\"bad key\"}");
        assertThat(text(call("web_search", "{\"query\":\"tea\"}", Map.of("EXA_API_KEY", "x"), Map.of())))
                .isEqualTo("FAILED The search failed: Exa refused the key: {\"error\":\"bad key\"}.");
    }

    @Test
    void readsWhatAPageIsAbout() {
        String prose = "The kettle, the pot and the cup are old friends, as everybody knows who drinks tea. ";
        serve(
                "/page",
                200,
                "text/html; charset=utf-8",
                "<html><head><title>On tea</title><script>evil()</script></head><body><nav><a href=/>Home</a></nav>"
                        + "<div class=cookie-banner>We use cookies</div><main><h2>Brewing</h2><p>" + prose.repeat(4)
                        + "See <a href='/more'>more</a> and <b>boil</b> it.</p><ul><li>one</li><li>two<ul><li>inner</li></ul></li></ul>"
                        + "<pre>kettle --on\n  now</pre><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
                        + "<div class='share-buttons'>Tweet</div></main><footer>Imprint</footer></body></html>");
        String text = text(call("fetch_webpage", "{\"url\":\"" + base + "/page\"}", Map.of(), Map.of()));
        assertThat(text)
                .startsWith("# On tea\n\n## Brewing\n\nThe kettle")
                .contains("See [more](" + base + "/more) and **boil** it.")
                .contains("- one\n- two\n  - inner")
                .contains("```\nkettle --on\n  now\n```")
                .contains("| a | b |\n|---|---|\n| 1 | 2 |")
                .doesNotContain("evil", "cookies", "Home", "Imprint", "Tweet");
    }

    @Test
    void readsTheCharsetOfThePageAndPlainText() {
        byte[] latin = "<html><head><meta charset=iso-8859-1></head><body><p>Café</p></body></html>"
                .getBytes(StandardCharsets.ISO_8859_1);
        serve("/latin", 200, "text/html", latin);
        serve("/plain", 200, "application/json", "{\"a\":1}");
        assertThat(text(call("fetch_webpage", "{\"url\":\"" + base + "/latin\"}", Map.of(), Map.of())))
                .isEqualTo("Café");
        assertThat(text(call("fetch_webpage", "{\"url\":\"" + base + "/plain\"}", Map.of(), Map.of())))
                .isEqualTo("{\"a\":1}");
    }

    @Test
    void refusesWhatIsNoPageOrNoPublicAddress() {
        serve("/paper", 200, "application/pdf", "%PDF");
        serve("/away", 302, "text/html", "http://169.254.169.254/latest/meta-data");
        assertThat(text(call("fetch_webpage", "{\"url\":\"" + base + "/paper\"}", Map.of(), Map.of())))
                .isEqualTo("FAILED " + base + "/paper is no page but application/pdf, which this tool does not read.");
        assertThat(text(call("fetch_webpage", "{\"url\":\"" + base + "/away\"}", Map.of(), Map.of())))
                .contains("metadata services are never called");
        assertThat(text(call("fetch_webpage", "{\"url\":\"http://10.0.0.1/\"}", Map.of(), Map.of())))
                .contains("private network");
        assertThat(text(call("fetch_webpage", "{\"url\":\"file:///etc/passwd\"}", Map.of(), Map.of())))
                .contains("only http and https");
        assertThat(text(call("fetch_webpage", "{\"url\":\"::\"}", Map.of(), Map.of())))
                .startsWith("FAILED");
    }
}
