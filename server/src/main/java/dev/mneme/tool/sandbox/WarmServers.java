package dev.mneme.tool.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Scope;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Warm servers by what they may be shared for: an organisation or one of its agents, and what they hold. Thread-safe.
 *
 * <p>Unused ones end after a while; beyond the bound the longest unused ends first, and while all are in use more than that many live.
 */
public final class WarmServers implements AutoCloseable {
    /** How often overdue jobs and unused servers are looked for. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final int most;
    private final Duration idle;
    private final Scope scope = new Scope("sandbox");
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Slot> slots = new HashMap<>();
    private boolean closed;

    public WarmServers(int most, Duration idle) {
        this.most = most;
        this.idle = idle;
        scope.fork("caretaker", this::care);
    }

    /** Starts a server. */
    @FunctionalInterface
    public interface Starter {
        WarmServer start() throws IOException;
    }

    /** A place for a server; who holds the lock starts it. */
    private static final class Slot {
        final ReentrantLock starting = new ReentrantLock();
        int users;

        @Nullable
        WarmServer server;
    }

    /** Runs the job on the server of that key, which is started if there is none. */
    public WarmServer.Reply call(String key, Starter starter, ObjectNode job, Duration timeout) throws IOException {
        Slot slot = take(key);
        try {
            WarmServer server = server(slot, starter);
            return server.singleUse() ? once(server, slot, starter, job, timeout) : server.call(job, timeout);
        } finally {
            release(slot);
        }
    }

    /** A server for this call alone; the next one is started meanwhile. */
    private WarmServer.Reply once(WarmServer server, Slot slot, Starter starter, ObjectNode job, Duration timeout)
            throws IOException {
        try (server) {
            scope.fork("next", () -> {
                try {
                    refill(slot, starter);
                } catch (IOException e) {
                    // the next call tries again and reports it
                }
            });
            return server.call(job, timeout);
        }
    }

    private static void refill(Slot slot, Starter starter) throws IOException {
        slot.starting.lock();
        try {
            if (slot.server == null) {
                slot.server = starter.start();
            }
        } finally {
            slot.starting.unlock();
        }
    }

    private Slot take(String key) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the sandbox is closed");
            }
            Slot slot = slots.computeIfAbsent(key, _ -> new Slot());
            slot.users++;
            return slot;
        } finally {
            lock.unlock();
        }
    }

    private void release(Slot slot) {
        lock.lock();
        try {
            slot.users--;
        } finally {
            lock.unlock();
        }
        trim();
    }

    private static WarmServer server(Slot slot, Starter starter) throws IOException {
        slot.starting.lock();
        try {
            WarmServer server = slot.server;
            if (server != null && !server.alive()) {
                server.close();
                server = null;
            }
            if (server == null) {
                server = starter.start();
            }
            slot.server = server.singleUse() ? null : server;
            return server;
        } finally {
            slot.starting.unlock();
        }
    }

    /** Ends unused servers that are old or too many. */
    private void trim() {
        List<WarmServer> ended = new ArrayList<>();
        lock.lock();
        try {
            List<Map.Entry<String, Slot>> unused = new ArrayList<>();
            slots.entrySet().forEach(entry -> {
                if (entry.getValue().users == 0) {
                    unused.add(entry);
                }
            });
            unused.sort(Comparator.comparingLong(entry -> -idleNanos(entry.getValue())));
            int excess = slots.size() - most;
            for (Map.Entry<String, Slot> entry : unused) {
                Slot slot = entry.getValue();
                if (excess-- > 0 || idleNanos(slot) > idle.toNanos() || (slot.server != null && !slot.server.alive())) {
                    slots.remove(entry.getKey());
                    if (slot.server != null) {
                        ended.add(slot.server);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        ended.forEach(server -> {
            if (!scope.fork("end", server::close)) {
                server.close();
            }
        });
    }

    private static long idleNanos(Slot slot) {
        return slot.server == null ? Long.MAX_VALUE : slot.server.idleNanos();
    }

    private void care() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                trim();
                running().forEach(WarmServer::expire);
            }
        } catch (InterruptedException e) {
            // closed: there is nothing left to care for
        }
    }

    private List<WarmServer> running() {
        lock.lock();
        try {
            List<WarmServer> running = new ArrayList<>();
            slots.values().forEach(slot -> {
                if (slot.server != null) {
                    running.add(slot.server);
                }
            });
            return running;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<WarmServer> running = running();
        lock.lock();
        closed = true;
        lock.unlock();
        scope.close();
        running.forEach(WarmServer::close);
    }
}
