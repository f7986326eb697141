package dev.mneme.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.mneme.base.Json;
import dev.mneme.run.Callbacks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server on this machine that callbacks are posted to: keeps what it was told, and answers 204 or what it was told to answer. */
public final class FakeReceiver implements AutoCloseable {
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<Integer> answers = new ConcurrentLinkedQueue<>();
    private final HttpServer server;

    /** A post. signature: the header. */
    public record Told(String signature, String body) {
        public JsonNode json() {
            return Json.read(body, JsonNode.class);
        }
    }

    /** port: 0 takes a free one. */
    public FakeReceiver(int port) {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Integer status = answers.poll();
            if (Integer.valueOf(302).equals(status)) {
                exchange.getResponseHeaders().add("Location", "/elsewhere");
            }
            exchange.sendResponseHeaders(status == null ? 204 : status, -1);
            exchange.close();
            told.add(new Told(exchange.getRequestHeaders().getFirst(Callbacks.SIGNATURE), body));
        });
        server.start();
    }

    /** The next answers, one for each post. */
    public void answer(Integer... statuses) {
        answers.addAll(Arrays.asList(statuses));
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port() + "/done";
    }

    /** The next post that came. */
    public Told next() throws InterruptedException {
        Told one = told.poll(20, TimeUnit.SECONDS);
        assertThat(one).as("a post to the callback address").isNotNull();
        return one;
    }

    /** The next post if one comes within the time. */
    public @Nullable Told within(Duration time) throws InterruptedException {
        return told.poll(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
