package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Clock;
import dev.mneme.wire.CreateArchive;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is particular about the door without a port; {@link InProcessContractTest} has what is not. */
class InProcessTest {
    private static final int EVENTS = 1_000;
    /** Buffers between a writer and a reader that has asked for its first line: those of the JDK's own stream. */
    private static final int AHEAD = 4;

    private final AtomicInteger written = new AtomicInteger();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final CountDownLatch silence = new CountDownLatch(1);
    private InProcess door;
    private HttpClient client;

    @BeforeEach
    void open() {
        RouteTable routes = new RouteTable(List.of(
                Route.get("/v1/stream", "x").by(call -> Answer.stream(this::stream)),
                Route.get("/v1/silent", "x").by(call -> {
                    await(silence);
                    return Answer.ok("at last");
                }),
                Route.get("/v1/nothing", "x").by(call -> Answer.noContent()),
                Route.post("/v1/size", "x")
                        .by(call -> Answer.ok(size(call.content().get()))),
                Route.post("/v1/early", "x").by(call -> Answer.ok("without reading")),
                Route.post("/v1/archive", "x")
                        .body(CreateArchive.class)
                        .by(call -> Answer.ok(call.body(CreateArchive.class)))));
        door = new InProcess(new Reception(
                routes,
                Door.of(false, false, List.of(), "right"::equals),
                Guests.NONE,
                new Gate((access, ids) -> false),
                id -> new Actor("org", id == null ? "default" : id),
                new BodyReader(1 << 20),
                new Sessions(Clock.system())));
        client = door.client();
    }

    @AfterEach
    void close() {
        silence.countDown();
        door.stop();
    }

    private void stream(SseWriter out) {
        try {
            for (int i = 0; i < EVENTS; i++) {
                out.data("{\"n\":" + i + "}");
                written.incrementAndGet();
            }
            out.done();
            ends.add("whole");
        } catch (SseWriter.Gone e) {
            ends.add("gone");
            throw e;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static long size(InputStream in) {
        byte[] part = new byte[8192];
        long size = 0;
        try {
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                size += n;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return size;
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create(InProcess.URL + path));
    }

    private String text(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, BodyHandlers.ofString()).body();
    }

    @Test
    void aStreamGoesAtItsReadersPaceAndEndsWithItsReader() throws Exception {
        InputStream body = client.send(to("/v1/stream").build(), BodyHandlers.ofInputStream())
                .body();
        BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8), 16);
        assertThat(lines.readLine()).isEqualTo("data: {\"n\":0}");
        assertThat(written.get()).isLessThan(AHEAD);
        for (int i = 0; i < 20; i++) {
            assertThat(lines.readLine()).isNotNull();
        }
        assertThat(written.get()).isLessThan(10 + AHEAD);
        body.close();
        assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo("gone");
        assertThat(written.get()).isLessThan(10 + AHEAD);
        assertThat(text(to("/v1/stream").build())).endsWith("data: {\"n\":999}\n\ndata: [DONE]\n\n");
        assertThat(ends.poll(10, TimeUnit.SECONDS)).isEqualTo("whole");
    }

    @Test
    void aLongBodyIsReadAsItIsPublished() throws Exception {
        byte[] megabytes = new byte[5 << 20];
        assertThat(text(to("/v1/size")
                        .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(megabytes)))
                        .build()))
                .isEqualTo(String.valueOf(5 << 20));
        assertThat(text(to("/v1/size").POST(BodyPublishers.noBody()).build())).isEqualTo("0");
        assertThat(text(to("/v1/early")
                        .POST(BodyPublishers.ofByteArray(megabytes))
                        .build()))
                .isEqualTo("\"without reading\"");
        HttpRequest broken = to("/v1/size")
                .POST(BodyPublishers.ofInputStream(() -> new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("the disk is gone");
                    }
                }))
                .build();
        assertThatThrownBy(() -> text(broken)).isInstanceOf(IOException.class).hasMessageContaining("the disk is gone");
    }

    @Test
    void tooLongABodyIsRefusedAsByThePort() throws Exception {
        HttpRequest request = to("/v1/archive")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(new byte[2 << 20]))
                .build();
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    }

    @Test
    void whoDoesNotWaitIsGone() throws Exception {
        assertThatThrownBy(() ->
                        text(to("/v1/silent").timeout(Duration.ofMillis(20)).build()))
                .isInstanceOf(HttpTimeoutException.class)
                .hasMessageContaining("PT0.02S");
        Thread caller = Thread.currentThread();
        Thread.ofVirtual().start(() -> {
            while (caller.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            caller.interrupt();
        });
        assertThatThrownBy(() -> text(to("/v1/silent").build())).isInstanceOf(InterruptedException.class);
        var answer = client.sendAsync(to("/v1/silent").build(), BodyHandlers.ofString());
        assertThat(answer.cancel(true)).isTrue();
    }

    @Test
    void answersWithoutABodyHaveNone() throws Exception {
        var nothing = client.send(to("/v1/nothing").build(), BodyHandlers.ofString());
        assertThat(nothing.statusCode()).isEqualTo(204);
        assertThat(nothing.body()).isEmpty();
        var head = client.send(
                to("/v1/nothing").method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(405);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).isPresent();
    }

    @Test
    void theDoorAsksForWhatItAsksForAtThePort() throws Exception {
        HttpRequest elsewhere = HttpRequest.newBuilder(URI.create("http://example.org/v1/nothing"))
                .build();
        assertThat(client.send(elsewhere, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
        HttpRequest page =
                to("/v1/nothing").header("Origin", "https://evil.example").build();
        assertThat(client.send(page, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
        HttpRequest proxied =
                to("/v1/nothing").header("X-Forwarded-For", "1.2.3.4").build();
        assertThat(client.send(proxied, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
        HttpRequest known = to("/v1/nothing")
                .header("X-Forwarded-For", "1.2.3.4")
                .header("Authorization", "Bearer right")
                .build();
        assertThat(client.send(known, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
    }

    @Test
    void aClosedClientAndAStoppedServerSaySo() throws Exception {
        try (HttpClient other = door.client()) {
            assertThat(other.send(to("/v1/nothing").build(), BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(204);
            other.shutdown();
            assertThatThrownBy(() -> other.send(to("/v1/nothing").build(), BodyHandlers.discarding()))
                    .isInstanceOf(ConnectException.class)
                    .hasMessage("this client is closed");
        }
        InputStream unread = client.send(to("/v1/stream").build(), BodyHandlers.ofInputStream())
                .body();
        door.stop();
        assertThatThrownBy(unread::readAllBytes).hasRootCauseMessage("the server has stopped");
        assertThatThrownBy(() -> text(to("/v1/nothing").build()))
                .isInstanceOf(ConnectException.class)
                .hasMessage("the server in this process has stopped");
    }

    @Test
    void aHandlerThatFailsIsToldToItsCaller() {
        assertThatThrownBy(() -> client.send(to("/v1/nothing").build(), head -> {
                    throw new IllegalStateException("no");
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("handler");
    }
}
