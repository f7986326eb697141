package dev.mneme.http;

import dev.mneme.base.Scope;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The server's door for the program that it runs in: the same reception as behind the port, without a port. Thread-safe.
 *
 * <p>A client of it is a {@link HttpClient}, so that every library that takes one can use it. Its requests count as coming from this machine.
 */
public final class InProcess {
    /** A name that stands for this machine (RFC 6761 §6.3), which the door therefore takes for the server's own. */
    public static final String URL = "http://mneme.localhost";
    /** How long answers under way may take once the server stops. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Reception reception;
    private final Set<Scope> scopes = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    public InProcess(Reception reception) {
        this.reception = reception;
    }

    /** A client of its own; closing it leaves the server as it is. The host in its URLs must be one that the server takes for its own. */
    public HttpClient client() {
        return new InProcessClient(this);
    }

    /** Answers a request on a thread of that scope; false: the door is shut, or the scope is. */
    boolean take(HeldExchange<?> exchange, Scope scope) {
        scopes.add(scope);
        return !stopped && scope.fork("request", () -> exchange.serve(reception));
    }

    /** The scope takes no more requests and has answered them all. */
    void forget(Scope scope) {
        scopes.remove(scope);
    }

    /** Takes no more requests; answers under way get a moment to end. */
    public void stop() {
        stopped = true;
        long end = System.nanoTime() + GRACE.toNanos();
        for (Scope scope : scopes) {
            scope.drain(Math.max(0, (end - System.nanoTime()) / 1_000_000));
        }
        scopes.forEach(Scope::close);
        scopes.clear();
    }
}
