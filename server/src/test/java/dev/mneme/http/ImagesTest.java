package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mneme.message.Content;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImagesTest {
    private static final ScriptedModels MODELS = new ScriptedModels();
    private static final byte[] PNG = "\u0089PNG\r\n\u001a\nnot much of one".getBytes(StandardCharsets.ISO_8859_1);

    @TempDir
    static Path folder;

    private static House house;
    private static HttpServer pictures;
    private static String agent;

    @BeforeAll
    static void start() throws IOException {
        house = new House(folder, MODELS, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        agent = house.agent("{}");
        MODELS.answer(request -> ScriptedModels.text("seen"));
        pictures = HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
        pictures.createContext("/a.png", exchange -> send(exchange, 200, "image/png; charset=x", PNG));
        pictures.createContext("/general", exchange -> send(exchange, 200, "application/octet-stream", PNG));
        pictures.createContext(
                "/page", exchange -> send(exchange, 200, "text/html", "<p>".getBytes(StandardCharsets.UTF_8)));
        pictures.createContext("/gone", exchange -> send(exchange, 404, "text/plain", new byte[] {'x'}));
        pictures.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().add("Location", "/a.png");
            send(exchange, 302, "text/plain", new byte[] {'x'});
        });
        pictures.createContext("/inside", exchange -> {
            exchange.getResponseHeaders().add("Location", "http://169.254.169.254/latest");
            send(exchange, 302, "text/plain", new byte[] {'x'});
        });
        pictures.createContext("/round", exchange -> {
            exchange.getResponseHeaders().add("Location", "/round");
            send(exchange, 302, "text/plain", new byte[] {'x'});
        });
        pictures.createContext(
                "/huge", exchange -> send(exchange, 200, "image/png", new byte[(int) ImageLinks.MOST_BYTES + 1]));
        pictures.start();
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        } catch (IOException e) {
            // the other side has read enough
        }
    }

    @AfterAll
    static void stop() {
        pictures.stop(0);
        house.close();
    }

    private static Web.Reply say(String source) {
        return house.web.post(
                "/v1/agents/" + agent + "/messages",
                "{'messages':[{'role':'user','content':[{'type':'text','text':'look'},{'type':'image','source':"
                        + source + "}]}]}");
    }

    private static String link(String path) {
        return "{'type':'url','url':'http://localhost:" + pictures.getAddress().getPort() + path + "'}";
    }

    @ParameterizedTest
    @CsvSource({"/a.png", "/general", "/moved"})
    void aLinkedImageIsFetchedAndKept(String path) {
        Web.Reply reply = say(link(path));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        Content last = MODELS.requests.getLast().history().reversed().stream()
                .filter(row -> row.content().size() == 2)
                .findFirst()
                .orElseThrow()
                .content()
                .get(1);
        assertThat(last)
                .isEqualTo(new Content.Image("image/png", Base64.getEncoder().encodeToString(PNG), null));
        JsonNode listed = house.web
                .get("/v1/agents/" + agent + "/messages?limit=2")
                .json()
                .path(0);
        assertThat(listed.path("content").path(1).toString())
                .isEqualTo(
                        "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\""
                                + Base64.getEncoder().encodeToString(PNG) + "\",\"detail\":null}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/page|it is text/html, not one of image/gif, image/jpeg, image/png, image/webp",
                "/gone|its server answered with status 404",
                "/inside|This server does not call http://169.254.169.254: metadata services are never called",
                "/round|it was redirected more than 3 times",
                "/huge|it is larger than 20971520 bytes",
            })
    void aLinkThatGivesNoImage(String path, String why) {
        Web.Reply reply = say(link(path));
        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.detail())
                .startsWith("Failed to fetch image from http://localhost:")
                .endsWith(": " + why);
    }

    @Test
    void otherLinks() {
        assertThat(say("{'type':'url','url':'http://127.0.0.1:1/x.png'}").detail())
                .contains("it is on a private network");
        assertThat(say("{'type':'url','url':'file:///etc/passwd'}").detail())
                .contains("only http and https addresses are called");
        assertThat(say("{'type':'url','url':'not an address'}").detail()).contains("that is no address");
        assertThat(say("{'type':'url','url':'data:image/png;base64,aGk='}").status())
                .isEqualTo(200);
        assertThat(say("{'type':'url','url':'data:image/png,hi'}").status()).isEqualTo(400);
        assertThat(say("{'type':'url','url':'data:text/html;base64,aGk='}").status())
                .isEqualTo(400);
    }
}
