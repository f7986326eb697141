package dev.mneme.tool.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundGuard;
import dev.mneme.testkit.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents of one organisation share a warm Python server: what a call of one shows to a call of another that runs beside it. */
class NeighbourCallsTest {
    private static final String LEAVES_TRACES = """
            import os, socket, subprocess, urllib.request
            def f(url):
                port = socket.socket(); port.bind(("127.0.0.1", 5151)); port.listen()
                name = socket.socket(socket.AF_UNIX); name.bind("\\0neighbour"); name.listen()
                for folder in ("/tmp", "/dev/shm"):
                    open(folder + "/neighbour", "w").close()
                terminal = os.openpty()
                child = subprocess.Popen(["sh", "-c", "read line", "neighbour"], stdin=subprocess.PIPE)
                return urllib.request.urlopen(url, timeout=20).read().decode()
            """;
    private static final String LOOKS_AROUND = """
            import os, socket
            def f():
                seen = []
                for kind, address in ((socket.AF_INET, ("127.0.0.1", 5151)), (socket.AF_UNIX, "\\0neighbour")):
                    with socket.socket(kind) as there:
                        if there.connect_ex(address) == 0:
                            seen.append(address)
                for folder in ("/tmp", "/dev/shm", "/dev/pts"):
                    seen += [folder + "/" + each for each in os.listdir(folder) if each != "ptmx"]
                for process in os.listdir("/proc"):
                    if process.isdigit() and int(process) != os.getpid():
                        seen.append(open("/proc/" + process + "/cmdline").read())
                return seen
            """;

    @Test
    void nothing(@TempDir Path folder) throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        HttpServer world = world(arrived, seen);
        int port = world.getAddress().getPort();
        OutboundGuard guard = new OutboundGuard(List.of("127.0.0.1"));
        SandboxOptions options = SandboxOptions.usual(
                Isolation.JAIL, true, false, guard, () -> 0, folder, null, System.getenv(), CallLimits.USUAL);
        try (Code code = Code.open(options)) {
            String url = "http://127.0.0.1:" + port + "/";
            CompletableFuture<SandboxResult> first = CompletableFuture.supplyAsync(() -> code.sandbox()
                    .run(job("org-1", "agent-1", LEAVES_TRACES, Json.object().put("url", url))));
            arrived.await();

            SandboxResult second = code.sandbox().run(job("org-1", "agent-2", LOOKS_AROUND, Json.object()));
            seen.countDown();

            assertThat(Code.returned(second).text()).isEqualTo("[]");
            assertThat(Code.returned(first.join()).text()).isEqualTo("done");
            assertThat(servers(folder)).as("warm servers").isEqualTo(1);
            code.sandbox().run(job("org-2", "agent-1", "def f(): pass", Json.object()));
            assertThat(servers(folder)).as("warm servers of two organisations").isEqualTo(2);
        } finally {
            world.stop(0);
        }
    }

    /** Answers when the other call has looked. */
    private static HttpServer world(CountDownLatch arrived, CountDownLatch seen) throws IOException {
        HttpServer world = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
        world.createContext("/", exchange -> {
            arrived.countDown();
            try {
                seen.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            exchange.sendResponseHeaders(200, 4);
            exchange.getResponseBody().write(new byte[] {'d', 'o', 'n', 'e'});
            exchange.close();
        });
        world.start();
        return world;
    }

    private static SandboxJob job(String organization, String agent, String source, ObjectNode arguments) {
        SandboxJob usual = Code.job(source, "f", arguments, null, Duration.ofSeconds(30));
        return new SandboxJob(
                organization,
                agent,
                usual.language(),
                source,
                usual.function(),
                arguments,
                null,
                null,
                null,
                usual.environment(),
                null,
                List.of(),
                usual.timeout());
    }

    /** Each has a numbered folder for its sockets. */
    private static long servers(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve("tmp"), 2)) {
            return all.filter(path -> path.getFileName().toString().matches("\\d+") && Files.isDirectory(path))
                    .count();
        }
    }
}
