package dev.mneme.tool.sandbox;

import dev.mneme.base.Scope;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Servers that have started and seen no job yet, by kind: each is used once, by whoever comes first, and another starts in its place.
 * Since they know nothing, all organisations may share them. Kinds that nobody asks for lose theirs after a while. Thread-safe.
 */
final class Spares implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Spares.class);

    /** Kept of one kind; each takes some 45 MB. */
    private static final int KEPT = 3;

    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    private final Duration idle;
    private final Scope scope = new Scope("spares");
    private final Map<String, Kind> kinds = new HashMap<>();
    private boolean closed;

    Spares(Duration idle) {
        this.idle = idle;
        scope.fork("caretaker", this::care);
    }

    private static final class Kind {
        final Deque<WarmServer> ready = new ArrayDeque<>();
        int starting;
        long lastUse = System.nanoTime();
    }

    /** One that is ready, else a new one; the caller closes it. */
    WarmServer take(String kind, WarmServers.Starter starter) throws IOException {
        WarmServer ready = ready(kind);
        refill(kind, starter);
        return ready != null ? ready : starter.start();
    }

    private synchronized @Nullable WarmServer ready(String name) {
        Kind kind = kinds.computeIfAbsent(name, _ -> new Kind());
        kind.lastUse = System.nanoTime();
        while (true) {
            WarmServer server = kind.ready.poll();
            if (server == null || server.alive()) {
                return server;
            }
            end(server);
        }
    }

    private synchronized void refill(String name, WarmServers.Starter starter) {
        Kind kind = kinds.computeIfAbsent(name, _ -> new Kind());
        while (!closed && kind.ready.size() + kind.starting < KEPT) {
            kind.starting++;
            if (!scope.fork("start", () -> start(kind, starter))) {
                return;
            }
        }
    }

    private void start(Kind kind, WarmServers.Starter starter) {
        WarmServer server = null;
        try {
            server = starter.start();
        } catch (IOException e) {
            LOG.warn("no spare server of the sandbox could be started: {}", e.getMessage());
        }
        synchronized (this) {
            kind.starting--;
            if (server != null && !closed) {
                kind.ready.add(server);
                server = null;
            }
        }
        if (server != null) {
            server.close();
        }
    }

    /** Closes it without letting anybody wait. */
    void end(WarmServer server) {
        if (!scope.fork("end", server::close)) {
            server.close();
        }
    }

    private void care() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                unused().forEach(WarmServer::close);
            }
        } catch (InterruptedException e) {
            // closed: there is nothing left to care for
        }
    }

    private synchronized List<WarmServer> unused() {
        List<WarmServer> unused = new ArrayList<>();
        long now = System.nanoTime();
        kinds.values().removeIf(kind -> {
            boolean old = now - kind.lastUse > idle.toNanos() && kind.starting == 0;
            if (old) {
                unused.addAll(kind.ready);
            }
            return old;
        });
        return unused;
    }

    @Override
    public void close() {
        List<WarmServer> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            kinds.values().forEach(kind -> left.addAll(kind.ready));
            kinds.clear();
        }
        left.forEach(WarmServer::close);
        scope.close();
    }
}
