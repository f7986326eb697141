package dev.mneme.http;

import dev.mneme.base.Scope;
import java.io.IOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * What {@link HttpClient} promises, without a network: requests go to a server in the same process. It follows no redirects, keeps no
 * cookies and knows no proxy. Bodies are read at the reader's pace in both directions. Thread-safe.
 */
final class InProcessClient extends HttpClient {
    private final InProcess door;
    private final Scope scope = new Scope("in-process");
    private volatile boolean shut;

    InProcessClient(InProcess door) {
        this.door = door;
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<T>> answer = sendAsync(request, handler);
        try {
            return answer.get();
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (CancellationException e) {
            throw new IOException("cancelled", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof IOException known ? known : new IOException(String.valueOf(cause), cause);
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        HeldExchange<T> exchange = new HeldExchange<>(request, handler);
        CompletableFuture<HttpResponse<T>> answer = exchange.answer();
        if (shut || !door.take(exchange, scope)) {
            return CompletableFuture.failedFuture(
                    new ConnectException(shut ? "this client is closed" : "the server in this process has stopped"));
        }
        return answer;
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request,
            HttpResponse.BodyHandler<T> handler,
            HttpResponse.@Nullable PushPromiseHandler<T> pushed) {
        return sendAsync(request, handler);
    }

    @Override
    public void shutdown() {
        shut = true;
    }

    @Override
    public boolean awaitTermination(Duration duration) {
        boolean ended = scope.drain(duration.toMillis()) && isTerminated();
        if (ended) {
            door.forget(scope);
        }
        return ended;
    }

    @Override
    public boolean isTerminated() {
        return shut && scope.size() == 0;
    }

    @Override
    public void shutdownNow() {
        shut = true;
        scope.close();
        door.forget(scope);
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return Optional.empty();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return Optional.empty();
    }

    @Override
    public Redirect followRedirects() {
        return Redirect.NEVER;
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return Optional.empty();
    }

    @Override
    public SSLContext sslContext() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has one
        }
    }

    @Override
    public SSLParameters sslParameters() {
        return new SSLParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return Optional.empty();
    }

    @Override
    public Version version() {
        return Version.HTTP_1_1;
    }

    @Override
    public Optional<Executor> executor() {
        return Optional.empty();
    }
}
