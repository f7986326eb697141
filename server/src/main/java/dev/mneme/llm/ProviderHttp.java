package dev.mneme.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Problem;
import dev.mneme.base.Scope;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Calls to providers: one shared client, one try each, the outbound guard for addresses that a caller wrote.
 * Thread-safe. Redirects are never followed: a key must not travel on.
 */
public final class ProviderHttp implements AutoCloseable {
    /** How waiting is done; tests do not wait. */
    @FunctionalInterface
    public interface Pause {
        Pause REAL = Thread::sleep;

        void millis(long millis) throws InterruptedException;
    }

    /** Google's RetryInfo. */
    private static final Pattern RETRY_DELAY = Pattern.compile("\"retryDelay\"\\s*:\\s*\"(\\d+(?:\\.\\d+)?)s\"");

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** Lets a guarded call name its host while connecting to the checked address. Read by the JDK when its client is first used. */
    private static final String HOST_HEADER_SETTING = "jdk.httpclient.allowRestrictedHeaders";

    private final OutboundGuard guard;
    private final Executor threads;
    /** Made at the first call: its certificates cost a tenth of a start. */
    private @Nullable HttpClient client;

    private boolean closed;

    public ProviderHttp(OutboundGuard guard, Scope scope) {
        if (System.getProperty(HOST_HEADER_SETTING) == null) {
            System.setProperty(HOST_HEADER_SETTING, "host");
        }
        this.guard = guard;
        // The client's own work runs on the room's threads; once those are closing it ends on the caller's.
        this.threads = task -> {
            if (!scope.fork("http", task)) {
                task.run();
            }
        };
    }

    /** Sends JSON, once; the answer is a 2xx. */
    public Answer post(Endpoint at, String path, Map<String, String> headers, JsonNode body, boolean stream) {
        String accept = stream ? "text/event-stream, application/json" : "application/json";
        return post(at, path, headers, body.toString(), "application/json", accept, stream);
    }

    /** Sends text of some kind, once; the answer is a 2xx. headers may name a Content-Type and an Accept of their own. */
    private Answer post(
            Endpoint at,
            String path,
            Map<String, String> headers,
            String text,
            String type,
            String accept,
            boolean stream) {
        Duration patience = stream ? at.streamTimeout() : at.requestTimeout();
        try {
            HttpRequest.Builder request = request(at, path, headers, patience)
                    .setHeader("Content-Type", headers.getOrDefault("content-type", type))
                    .setHeader("Accept", headers.getOrDefault("accept", accept))
                    .POST(HttpRequest.BodyPublishers.ofString(text));
            Answer answer = send(at, request);
            ModelException refused = refusal(answer);
            if (refused != null) {
                throw refused;
            }
            return answer;
        } catch (HttpTimeoutException e) {
            throw Failures.timeout(at, patience);
        } catch (IOException e) {
            throw Failures.unreachable(at, e);
        }
    }

    /** Sends a form, once, and reads the JSON that comes back. */
    public JsonNode postForm(Endpoint at, String path, JsonNode form) {
        StringBuilder text = new StringBuilder();
        form.properties()
                .forEach(each -> text.append(text.isEmpty() ? "" : "&")
                        .append(URLEncoder.encode(each.getKey(), StandardCharsets.UTF_8))
                        .append('=')
                        .append(URLEncoder.encode(each.getValue().asText(), StandardCharsets.UTF_8)));
        try (Answer answer = post(
                at, path, Map.of(), text.toString(), "application/x-www-form-urlencoded", "application/json", false)) {
            return json(at, answer.text());
        }
    }

    /** Fetches JSON, once, within a short time. */
    public JsonNode get(Endpoint at, String path, Map<String, String> headers, Duration patience) {
        try (Answer answer = send(at, request(at, path, headers, patience).GET())) {
            ModelException refused = refusal(answer);
            if (refused != null) {
                throw refused;
            }
            return json(at, answer.text(patience));
        } catch (HttpTimeoutException e) {
            throw Failures.timeout(at, patience);
        } catch (IOException e) {
            throw Failures.unreachable(at, e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.shutdownNow();
        }
    }

    private synchronized HttpClient client() throws IOException {
        if (closed) {
            throw new IOException("the server is stopping");
        }
        if (client == null) {
            client = builder().build();
        }
        return client;
    }

    private static JsonNode json(Endpoint at, String text) {
        try {
            return Json.parse(text);
        } catch (JsonProcessingException e) {
            throw Failures.garbage(at, text);
        }
    }

    private static @Nullable ModelException refusal(Answer answer) {
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
            return cause.asked(!answer.header("x-should-retry").equals("false"), asked(answer, body));
        }
    }

    /**
     * Milliseconds that the provider asked to wait: a Retry-After header (seconds, or a date), OpenAI's own finer one, or Google's word
     * in the body; -1: none or unreadable.
     */
    private static long asked(Answer answer, String body) {
        try {
            String millis = answer.header("retry-after-ms");
            if (!millis.isEmpty()) {
                return Math.max(0, Math.round(Double.parseDouble(millis)));
            }
            String after = answer.header("retry-after");
            Matcher inBody = RETRY_DELAY.matcher(body);
            if (after.isEmpty()) {
                return inBody.find() ? Math.round(Double.parseDouble(inBody.group(1)) * 1_000) : -1;
            }
            double seconds = Character.isDigit(after.charAt(0))
                    ? Double.parseDouble(after)
                    : Duration.between(Instant.now(), ZonedDateTime.parse(after, DateTimeFormatter.RFC_1123_DATE_TIME))
                            .toSeconds();
            return Math.max(0, Math.round(seconds * 1_000));
        } catch (NumberFormatException | DateTimeParseException e) {
            return -1;
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
        HttpClient own = null;
        if (at.guarded()) {
            OutboundGuard.Target target = checked(request.uri());
            request = pinned(request, target);
            if (request.uri().getScheme().equals("https")) {
                own = named(target.host());
            }
        }
        Runnable onClose = own == null ? () -> {} : own::shutdownNow;
        try {
            HttpClient through = own == null ? client() : own;
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
