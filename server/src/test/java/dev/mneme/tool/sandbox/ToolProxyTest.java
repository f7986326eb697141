package dev.mneme.tool.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundGuard;
import dev.mneme.testkit.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What code in a jail reaches: through the guard's proxy, and in no other way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ToolProxyTest {
    private static final String FETCH = """
            import urllib.request, urllib.error
            def f(url, method="GET", headers={}, body=None):
                request = urllib.request.Request(url, method=method, headers=headers, data=body and body.encode())
                try:
                    with urllib.request.urlopen(request, timeout=10) as answer:
                        return str(answer.status) + " " + answer.read().decode()
                except urllib.error.HTTPError as error:
                    return str(error.code) + " " + error.read().decode()
                except urllib.error.URLError as error:
                    return str(error.reason)
            """;

    private HttpServer world;
    private HttpServer own;
    private Code code;

    @BeforeAll
    void open(@TempDir Path folder) throws IOException {
        world = server("world");
        own = server("own");
        OutboundGuard guard = new OutboundGuard(List.of("weather.test", "127.0.0.1"), host -> switch (host) {
            case "weather.test" -> new InetAddress[] {InetAddress.getLoopbackAddress()};
            case "inner.test" -> new InetAddress[] {InetAddress.getByName("10.1.2.3")};
            default -> InetAddress.getAllByName(host);
        });
        code = Code.open(SandboxOptions.usual(
                Isolation.JAIL,
                true,
                false,
                guard,
                () -> own.getAddress().getPort(),
                folder,
                null,
                System.getenv(),
                CallLimits.USUAL));
    }

    /** Says who it is, what was asked and by whom. */
    private static HttpServer server(String name) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            byte[] answer = (name + " " + exchange.getRequestMethod() + " " + exchange.getRequestURI() + " host="
                            + exchange.getRequestHeaders().getFirst("Host") + " for="
                            + exchange.getRequestHeaders().getFirst("X-forwarded-for") + " " + body)
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }

    @AfterAll
    void close() {
        world.stop(0);
        own.stop(0);
        if (code != null) {
            code.close();
        }
    }

    private String fetch(String url) {
        return Code.returned(code.call(FETCH, Json.object().put("url", url))).text();
    }

    @Test
    void allowedHostsAnswer() {
        String host = "weather.test:" + world.getAddress().getPort();

        assertThat(fetch("http://" + host + "/now?city=Bern"))
                .isEqualTo("200 world GET /now?city=Bern host=" + host + " for=null ");
        assertThat(Code.returned(code.call(
                                FETCH,
                                Json.object()
                                        .put("url", "http://" + host)
                                        .put("method", "POST")
                                        .put("body", "x".repeat(200_000))))
                        .text())
                .startsWith("200 world POST / ")
                .hasSizeGreaterThan(200_000);
    }

    @Test
    void aTunnelIsARawConnection() {
        String source = """
                import http.client, os
                def f(port: int):
                    proxy = os.environ["HTTPS_PROXY"].rpartition(":")[2]
                    there = http.client.HTTPConnection("127.0.0.1", int(proxy), timeout=10)
                    there.set_tunnel("weather.test", port)
                    there.request("GET", "/tunnel")
                    return there.getresponse().read().decode()
                """;

        assertThat(Code.returned(code.call(
                                source,
                                Json.object().put("port", world.getAddress().getPort())))
                        .text())
                .startsWith("world GET /tunnel");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    http://inner.test/             | 403 This server does not call http://inner.test: it is on a private network
                    https://inner.test/            | Tunnel connection failed: 403 This server does not call https://inner.test: it is on a private network
                    http://10.0.0.1:5432/          | it is on a private network
                    http://[::1]:80/               | it is on a private network
                    http://169.254.169.254/latest/ | metadata services are never called
                    http://metadata.google.internal/ | metadata services are never called
                    http://127.0.0.1:%d/           | This server is http://mneme.internal for code in its sandbox
                    http://mneme.internal/v1/agents/ | wants the key of the tool's client
                    https://mneme.internal/        | This server is http://mneme.internal here, not https
                    http://no-such-name.invalid/   | is unknown
                    """)
    void theRestIsRefusedInWords(String url, String words) {
        assertThat(fetch(url.replace("%d", Integer.toString(own.getAddress().getPort()))))
                .contains(words);
    }

    @Test
    void thisServerIsReachedWithAKeyAndMarkedAsForwarded() {
        var arguments = Json.object().put("url", "http://mneme.internal/v1/agents/?limit=1");
        arguments.putObject("headers").put("Authorization", "Bearer key-1").put("X-Forwarded-For", "127.0.0.1");

        assertThat(Code.returned(code.call(FETCH, arguments)).text())
                .isEqualTo("200 own GET /v1/agents/?limit=1 host=mneme.internal for=sandbox ");
    }

    @Test
    void theClientsKeyAndAddressAreInTheEnvironment() {
        SandboxJob job = new SandboxJob(
                "org-1",
                "agent-1",
                Language.PYTHON,
                "import os\ndef f(): return [os.environ['LETTA_API_KEY'], os.environ['LETTA_BASE_URL'], client is None]",
                "f",
                Json.object(),
                null,
                null,
                null,
                Map.of(),
                "key-2",
                List.of(),
                Duration.ofSeconds(10));

        assertThat(Code.returned(code.sandbox().run(job)).text())
                .isEqualTo("['key-2', 'http://mneme.internal', False]");
    }

    @Test
    void nothingIsReachedPastTheProxy() {
        String source = """
                import socket
                def f(ports: list):
                    found = {}
                    for host, port in [["127.0.0.1", p] for p in ports] + [["169.254.169.254", 80], ["1.1.1.1", 53], ["10.0.0.1", 5432]]:
                        try:
                            socket.create_connection((host, port), timeout=2).close()
                            found[host + ":" + str(port)] = "reached"
                        except OSError as error:
                            pass
                    return [found, [name for _, name in socket.if_nameindex()]]
                """;
        var arguments = Json.object();
        arguments
                .putArray("ports")
                .add(own.getAddress().getPort())
                .add(world.getAddress().getPort())
                .add(5432)
                .add(22);

        assertThat(Code.returned(code.call(source, arguments)).text()).isEqualTo("[{}, ['lo']]");
    }

    @Test
    void aBrokenHeadIsRefused() {
        String source = """
                import os, socket
                def f(head):
                    there = socket.create_connection(("127.0.0.1", int(os.environ["HTTP_PROXY"].rpartition(":")[2])), timeout=5)
                    there.sendall(head.encode())
                    return there.recv(1000).decode().split("\\r\\n")[0]
                """;
        for (String head : List.of(
                "GET / HTTP/1.1\r\nHost: mneme.internal\r\n\r\n",
                "GET http://weather.test/ HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
                "GET http://weather.test/ HTTP/1.1\r\nA: b\nX: y\r\n\r\n",
                "GET http://weather.test/ HTTP/1.1\r\nConnection : close\r\n\r\n",
                "CONNECT weather.test HTTP/1.1\r\n\r\n",
                "hello\r\n\r\n")) {
            assertThat(Code.returned(code.call(source, Json.object().put("head", head)))
                            .text())
                    .as(head)
                    .startsWith("HTTP/1.1 400 ");
        }
    }
}
