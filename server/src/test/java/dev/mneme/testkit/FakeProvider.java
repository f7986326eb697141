package dev.mneme.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mneme.base.Json;
import dev.mneme.llm.LlmOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A model provider inside the test's process: OpenAI chat completions, embeddings and model list, Anthropic messages and model list,
 * streamed or not, on 127.0.0.1. Thread-safe.
 *
 * <p>What it answers: first the steps given to {@link #next}, one for each model call; then what an {@code @script} in the last user
 * message says (see {@link FakeScript}); else an echo.
 */
public final class FakeProvider implements AutoCloseable {
    /** A request as it came. headers: names in lower case. */
    public record Seen(String path, Map<String, String> headers, JsonNode body) {}

    public static final String KEY = "sk-fake";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<FakeStep> steps = new ConcurrentLinkedQueue<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final FakeScript script = new FakeScript();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile List<String> openAiModels =
            List.of("gpt-4o", "gpt-4o-mini", "gpt-5-mini", "text-embedding-3-small", "text-embedding-3-large");
    private volatile int dimensions = 1536;

    private FakeProvider() throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    public static FakeProvider start() {
        try {
            return new FakeProvider();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Without a path: what ANTHROPIC_BASE_URL wants. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** With /v1: what OPENAI_BASE_URL wants. */
    public String openAiUrl() {
        return url() + "/v1";
    }

    /** The variables that point a server at this fake. */
    public Map<String, String> environment() {
        return Map.of(
                "OPENAI_BASE_URL",
                openAiUrl(),
                "OPENAI_API_KEY",
                KEY,
                "ANTHROPIC_BASE_URL",
                url(),
                "ANTHROPIC_API_KEY",
                KEY);
    }

    /** Options that point at this fake, with more variables. */
    public LlmOptions options(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(environment());
        all.putAll(more);
        return LlmOptions.fromEnvironment(all);
    }

    public LlmOptions options() {
        return options(Map.of());
    }

    /** Queues steps for the next model calls. */
    public FakeProvider next(FakeStep... more) {
        steps.addAll(List.of(more));
        return this;
    }

    public FakeProvider models(String... names) {
        openAiModels = List.of(names);
        return this;
    }

    /** Numbers in its vectors, unless a request names its own. */
    public FakeProvider dimensions(int size) {
        dimensions = size;
        return this;
    }

    /** All requests so far, model lists included. */
    public List<Seen> requests() {
        return List.copyOf(seen);
    }

    /** The bodies of the model calls so far. */
    public List<JsonNode> calls() {
        return seen.stream()
                .filter(each ->
                        each.path().endsWith("/chat/completions") || each.path().endsWith("/messages"))
                .map(Seen::body)
                .toList();
    }

    public void clear() {
        seen.clear();
        steps.clear();
        script.clear();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        Map<String, String> headers = new LinkedHashMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
        JsonNode body = bytes.length == 0 ? Json.object() : Json.parse(new String(bytes, StandardCharsets.UTF_8));
        String path = exchange.getRequestURI().getPath();
        seen.add(new Seen(path, headers, body));
        switch (path) {
            case "/v1/chat/completions" -> answer(exchange, body, new FakeOpenAi());
            case "/v1/messages" -> answer(exchange, body, new FakeAnthropic());
            case "/v1/embeddings" ->
                send(exchange, 200, FakeVectors.answer(body, dimensions).toString());
            case "/v1/models" ->
                send(exchange, 200, models(headers.containsKey("x-api-key")).toString());
            default -> send(exchange, 404, "{\"error\":{\"message\":\"no such path: " + path + "\"}}");
        }
    }

    private ObjectNode models(boolean anthropic) {
        ObjectNode answer = Json.object();
        List<String> names =
                anthropic ? List.of("claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001") : openAiModels;
        for (String name : names) {
            answer.withArray("data").addObject().put("id", name).put("object", "model");
        }
        return answer;
    }

    private void answer(HttpExchange exchange, JsonNode body, FakeLanguage language) throws IOException {
        FakeStep queued = steps.poll();
        FakeStep step = queued != null
                ? queued
                : script.decide(language.getClass().getSimpleName(), language.messages(body), language.tools(body));
        pause(step.sleepMillis());
        step.headers().forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
        if (step.failCode() != 0) {
            send(
                    exchange,
                    step.failCode(),
                    step.failBody() == null ? language.error(step.failCode()) : step.failBody());
            return;
        }
        boolean stream = body.path("stream").asBoolean();
        switch (step.trick()) {
            case GARBAGE -> send(exchange, 200, "<html>no model here</html>");
            case SILENT -> pause(60_000);
            default -> {
                FakeStep said =
                        step.trick() == FakeStep.Trick.EMPTY ? FakeStep.say("").with(FakeStep.Trick.EMPTY) : step;
                if (stream) {
                    stream(exchange, said, language.stream(body, said));
                } else if (step.trick() == FakeStep.Trick.CUT) {
                    exchange.sendResponseHeaders(200, 100_000);
                    exchange.getResponseBody().write('{');
                    exchange.getResponseBody().flush();
                    throw new IOException("cut by the script");
                } else {
                    send(exchange, 200, language.whole(body, said));
                }
            }
        }
    }

    private void stream(HttpExchange exchange, FakeStep step, List<String> frames) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        boolean breaks = step.trick() == FakeStep.Trick.CUT
                || step.trick() == FakeStep.Trick.STALLED
                || step.trick() == FakeStep.Trick.UNFINISHED;
        int most = breaks ? 4 : frames.size();
        for (String frame : frames.subList(0, Math.min(most, frames.size()))) {
            pause(step.chunkMillis());
            exchange.getResponseBody().write(frame.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
        }
        if (step.trick() == FakeStep.Trick.STALLED) {
            pause(60_000);
        }
        if (step.trick() == FakeStep.Trick.CUT) {
            throw new IOException("cut by the script");
        }
        exchange.close();
    }

    /** Waits, but not longer than the fake lives. */
    private void pause(long millis) throws IOException {
        try {
            if (millis > 0 && closed.await(millis, TimeUnit.MILLISECONDS)) {
                throw new IOException("the fake is closed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        boolean json = !body.startsWith("data:") && !body.startsWith("event:") && !body.startsWith(":");
        exchange.getResponseHeaders().set("Content-Type", json ? "application/json" : "text/event-stream");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
