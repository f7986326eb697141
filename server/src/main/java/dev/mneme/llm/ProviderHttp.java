package dev.mneme.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Problem;
import dev.mneme.base.Scope;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls to providers: one shared client, retries before anything was received, the outbound guard for addresses that a caller wrote.
 * Thread-safe. Redirects are never followed: a key must not travel on.
 */
public final class ProviderHttp implements AutoCloseable {
    /** How waiting is done; tests do not wait. */
    @FunctionalInterface
    public interface Pause {
        Pause REAL = Thread::sleep;

        void millis(long millis) throws InterruptedException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(ProviderHttp.class);

    /** Tries after the first; more would hide an outage from the person who waits. */
    static final int RETRIES = 2;

    /** Milliseconds of the first pause; each further one is twice as long. */
    private static final long FIRST_PAUSE = 500;

    /** Milliseconds; a provider that asks for a longer wait is not obeyed, the error is told instead of a hanging turn. */
    private static final long LONGEST_PAUSE = 20_000;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Lets a guarded call name its host while connecting to the checked address. Read by the JDK when its client is first used. */
    private static final String HOST_HEADER_SETTING = "jdk.httpclient.allowRestrictedHeaders";

    private final OutboundGuard guard;
    private final Pause pause;
    private final Executor threads;
    private final HttpClient client;

    public ProviderHttp(OutboundGuard guard, Pause pause, Scope scope) {
        if (System.getProperty(HOST_HEADER_SETTING) == null) {
            System.setProperty(HOST_HEADER_SETTING, "host");
        }
        this.guard = guard;
        this.pause = pause;
        // The client's own work runs on the room's threads; once those are closing it ends on the caller's.
        this.threads = task -> {
            if (!scope.fork("http", task)) {
                task.run();
            }
        };
        this.client = builder().build();
    }

    /** Sends JSON; the answer is a 2xx. */
    public Answer post(Endpoint at, String path, Map<String, String> headers, JsonNode body, boolean stream) {
        String text = body.toString();
        Duration patience = stream ? at.streamTimeout() : at.requestTimeout();
        for (int attempt = 0; ; attempt++) {
            Failed failed;
            try {
                HttpRequest.Builder request = request(at, path, headers, patience)
                        .header("Content-Type", "application/json")
                        .header("Accept", stream ? "text/event-stream, application/json" : "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(text));
                Answer answer = send(at, request);
                failed = refusal(answer);
                if (failed == null) {
                    return answer;
                }
            } catch (HttpTimeoutException e) {
                throw Failures.timeout(at, patience);
            } catch (IOException e) {
                failed = new Failed(Failures.unreachable(at, e), true, -1);
            }
            if (!failed.mayPass || attempt >= RETRIES) {
                throw failed.cause;
            }
            long wait = failed.after >= 0 ? failed.after : backoff(attempt);
            LOG.warn("{}: trying again in {} ms: {}", at.display(), wait, failed.cause.detail());
            sleep(at, wait);
        }
    }

    /** Fetches JSON, once, within a short time. */
    public JsonNode get(Endpoint at, String path, Map<String, String> headers, Duration patience) {
        try (Answer answer = send(at, request(at, path, headers, patience).GET())) {
            Failed failed = refusal(answer);
            if (failed != null) {
                throw failed.cause;
            }
            String text = answer.text(patience);
            try {
                return Json.parse(text);
            } catch (JsonProcessingException e) {
                throw Failures.garbage(at, text);
            }
        } catch (HttpTimeoutException e) {
            throw Failures.timeout(at, patience);
        } catch (IOException e) {
            throw Failures.unreachable(at, e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    /** @param after milliseconds that the provider asked to wait; negative: it did not */
    private record Failed(ModelException cause, boolean mayPass, long after) {}

    private static @Nullable Failed refusal(Answer answer) {
        if (answer.status() / 100 == 2) {
            return null;
        }
        try (answer) {
            String body;
            try {
                body = answer.text(CONNECT_TIMEOUT);
            } catch (ModelException e) {
                body = ""; // the status alone tells enough
            }
            ModelException cause = Failures.status(answer.endpoint(), answer.status(), body);
            boolean mayPass =
                    cause.mayPass() && !answer.header("x-should-retry").equals("false");
            return new Failed(cause, mayPass, asked(answer));
        }
    }

    /** Milliseconds of a Retry-After header (seconds, or a date), or of OpenAI's own finer one; -1: none or unreadable. */
    private static long asked(Answer answer) {
        try {
            String millis = answer.header("retry-after-ms");
            if (!millis.isEmpty()) {
                return Math.clamp(Math.round(Double.parseDouble(millis)), 0, LONGEST_PAUSE);
            }
            String after = answer.header("retry-after");
            if (after.isEmpty()) {
                return -1;
            }
            double seconds = Character.isDigit(after.charAt(0))
                    ? Double.parseDouble(after)
                    : Duration.between(Instant.now(), ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME))
                            .toSeconds();
            return Math.clamp(Math.round(seconds * 1_000), 0, LONGEST_PAUSE);
        } catch (NumberFormatException | DateTimeParseException e) {
            return -1;
        }
    }

    private static long backoff(int attempt) {
        long whole = FIRST_PAUSE << attempt;
        return whole / 2 + ThreadLocalRandom.current().nextLong(whole / 2 + 1);
    }

    private void sleep(Endpoint at, long millis) {
        try {
            pause.millis(millis);
        } catch (InterruptedException e) {
            throw Failures.interrupted(at, e);
        }
    }

    private static HttpRequest.Builder request(
            Endpoint at, String path, Map<String, String> headers, Duration patience) {
        URI uri;
        try {
            uri = URI.create(at.baseUrl() + path);
        } catch (IllegalArgumentException e) {
            throw Failures.place("The address of " + at.display() + " is not valid: " + at.baseUrl(), e);
        }
        if (uri.getHost() == null || uri.getScheme() == null || !uri.getScheme().startsWith("http")) {
            throw Failures.place("The address of " + at.display() + " is not an http address: " + at.baseUrl(), null);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        headers.forEach(request::header);
        // Local servers stumble over the offer to upgrade a plain connection to HTTP/2.
        request.version(uri.getScheme().equals("http") ? HttpClient.Version.HTTP_1_1 : HttpClient.Version.HTTP_2);
        if (!patience.isZero()) {
            request.timeout(patience);
        }
        return request;
    }

    private Answer send(Endpoint at, HttpRequest.Builder builder) throws IOException {
        HttpRequest request = builder.build();
        HttpClient through = client;
        Runnable onClose = () -> {};
        if (at.guarded()) {
            OutboundGuard.Target target = checked(request.uri());
            request = pinned(request, target);
            if (request.uri().getScheme().equals("https")) {
                through = named(target.host());
                onClose = through::shutdownNow;
            }
        }
        try {
            HttpResponse<BodyPipe> response = through.send(request, info -> new BodyPipe());
            return new Answer(at, response.statusCode(), headers(response), response.body(), onClose);
        } catch (InterruptedException e) {
            onClose.run();
            throw Failures.interrupted(at, e);
        } catch (IOException e) {
            onClose.run();
            throw e;
        }
    }

    private OutboundGuard.Target checked(URI uri) {
        try {
            return guard.check(uri);
        } catch (Problem e) {
            throw Failures.place(e.detail().replaceFirst("^INVALID_ARGUMENT: ", ""), e);
        }
    }

    private static HttpRequest pinned(HttpRequest request, OutboundGuard.Target target) {
        try {
            return HttpRequest.newBuilder(request, (name, value) -> true)
                    .uri(target.uri())
                    .setHeader("Host", target.authority())
                    .build();
        } catch (IllegalArgumentException e) {
            // The JDK read its setting before this class could make it: without it no address can be pinned, so none is
            // called.
            throw Failures.place(
                    "Addresses of callers cannot be checked here; start Java with -D" + HOST_HEADER_SETTING + "=host",
                    e);
        }
    }

    private static Map<String, String> headers(HttpResponse<?> response) {
        Map<String, String> read = new HashMap<>();
        for (String name : List.of("content-type", "retry-after", "retry-after-ms", "x-should-retry")) {
            Optional<String> value = response.headers().firstValue(name);
            value.ifPresent(text -> read.put(name, text.strip()));
        }
        return read;
    }

    private HttpClient.Builder builder() {
        return HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).followRedirects(HttpClient.Redirect.NEVER);
    }

    /**
     * A client that connects to a number but asks for, and checks, the certificate of this name. It has its own TLS context: with a
     * shared one a session that was opened under another name of the same address would be taken up again unchecked.
     */
    private HttpClient named(String host) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLParameters parameters = new SSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(host)));
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            return builder().sslContext(context).sslParameters(parameters).build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }
}
