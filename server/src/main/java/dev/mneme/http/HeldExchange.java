package dev.mneme.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A request of a program in the server's own process, and its answer, with nothing between the two. The server's side is confined to the
 * request's thread; {@link #answer} and {@link #abandon} may be called on any.
 */
final class HeldExchange<T> implements Exchange {
    private static final String USER_AGENT =
            "Java-http-client/" + Runtime.version().feature();

    private final HttpRequest request;
    private final HttpResponse.BodyHandler<T> handler;
    private final @Nullable PublishedBody asked;
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final CompletableFuture<Begun<T>> begun = new CompletableFuture<>();
    private int status;
    private boolean abandoned;
    private @Nullable DeliveredBody body;

    /** What an answer begins with. */
    private record Head(int statusCode, HttpHeaders headers) implements HttpResponse.ResponseInfo {
        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }

    /** An answer that has begun, and who reads the rest of it. */
    private record Begun<T>(Head head, HttpResponse.BodySubscriber<T> reader) {}

    HeldExchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        this.request = request;
        this.handler = handler;
        HttpRequest.BodyPublisher publisher = request.bodyPublisher().orElse(null);
        this.asked = publisher == null || publisher.contentLength() == 0 ? null : new PublishedBody(publisher);
    }

    /** The answer, once the reader has made of its body what it wants. A future, as java.net.http asks for one. */
    CompletableFuture<HttpResponse<T>> answer() {
        request.timeout().ifPresent(time -> begun.orTimeout(time.toMillis(), TimeUnit.MILLISECONDS));
        CompletableFuture<HttpResponse<T>> answer = begun.exceptionallyCompose(
                        failure -> CompletableFuture.failedFuture(known(failure)))
                .thenCompose(it -> it.reader().getBody().thenApply(whole -> new Received<>(request, it.head(), whole)));
        answer.whenComplete((whole, failure) -> {
            if (failure != null) {
                abandon();
            }
        });
        return answer;
    }

    /** The failure as callers of a network's client know it. */
    private Throwable known(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return new HttpTimeoutException("no answer in " + request.timeout().orElse(Duration.ZERO))
                    .initCause(failure);
        }
        return failure;
    }

    /** Has the request answered, on the thread that calls. */
    void serve(Reception reception) {
        try {
            reception.receive(this);
            broken(new IOException("the server gave no answer"));
        } catch (RuntimeException | Error e) {
            broken(new IOException("the answer broke off: " + e, e));
            if (!(e instanceof UncheckedIOException)) {
                throw e;
            }
        } finally {
            if (asked != null) {
                asked.close();
            }
        }
    }

    /** Ends what has no end yet. */
    private void broken(IOException reason) {
        begun.completeExceptionally(reason);
        DeliveredBody open = delivered();
        if (open != null) {
            open.end(reason);
        }
    }

    private synchronized @Nullable DeliveredBody delivered() {
        return body;
    }

    /** The program wants no answer any more: to the server it is a client that has gone away. */
    void abandon() {
        synchronized (this) {
            abandoned = true;
        }
        DeliveredBody open = delivered();
        if (open != null) {
            open.leave();
        }
    }

    @Override
    public String method() {
        return request.method();
    }

    @Override
    public String rawPath() {
        String path = request.uri().getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    @Override
    public String rawQuery() {
        return Objects.requireNonNullElse(request.uri().getRawQuery(), "");
    }

    @Override
    public @Nullable String header(String name) {
        String given = request.headers().firstValue(name).orElse(null);
        if (given != null) {
            return given;
        }
        // what java.net.http adds on a network
        return switch (name) {
            case "host" -> request.uri().getRawAuthority();
            case "user-agent" -> USER_AGENT;
            default -> null;
        };
    }

    @Override
    public boolean loopback() {
        return true;
    }

    @Override
    public boolean hasBody() {
        return asked != null;
    }

    @Override
    public InputStream body() {
        return Objects.requireNonNull(asked);
    }

    @Override
    public void status(int code) {
        status = code;
    }

    @Override
    public void header(String name, String value) {
        headers.put(name, List.of(value));
    }

    @Override
    public void send(byte[] whole) {
        if (status != 204) {
            header("content-length", String.valueOf(whole.length));
        }
        boolean unread = request.method().equals("HEAD");
        try (OutputStream out = begin(unread ? 0 : whole.length)) {
            out.write(whole, 0, unread ? 0 : whole.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public OutputStream open(long length) {
        if (length != UNKNOWN) {
            header("content-length", String.valueOf(length));
        }
        try {
            return begin(length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells the reader status and headers. */
    private DeliveredBody begin(long length) throws IOException {
        Throwable unsent = asked == null ? null : asked.failure();
        if (unsent != null) {
            // as on a network: who cannot send its request gets that for an answer
            throw failed(new IOException("the body of the request broke off: " + unsent, unsent));
        }
        Head head = new Head(status, HttpHeaders.of(headers, (name, value) -> true));
        HttpResponse.BodySubscriber<T> reader;
        try {
            reader = handler.apply(head);
        } catch (RuntimeException e) {
            throw failed(new IOException("the handler of the answer failed: " + e, e));
        }
        DeliveredBody open = new DeliveredBody(reader, length);
        synchronized (this) {
            if (abandoned) {
                throw new IOException("the reader left");
            }
            body = open;
        }
        begun.complete(new Begun<>(head, reader));
        return open;
    }

    private IOException failed(IOException reason) {
        begun.completeExceptionally(reason);
        return reason;
    }
}
