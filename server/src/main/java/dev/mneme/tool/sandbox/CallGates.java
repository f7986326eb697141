package dev.mneme.tool.sandbox;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Bounds how many calls run at once, of one trust and of all together; more wait for their turn. Thread-safe. */
public final class CallGates {
    private final Semaphore all;
    private final int perTrust;
    private final Map<String, Gate> gates = new ConcurrentHashMap<>();

    public CallGates(int all, int perTrust) {
        this.all = new Semaphore(all, true);
        this.perTrust = perTrust;
    }

    /** One trust. users: calls that wait or run; at 0 the gate is forgotten. */
    private record Gate(Semaphore permits, int users) {}

    /** Leave to run, given back when closed. granted: false when there was no room in time. */
    public record Permit(boolean granted, Runnable leave) implements AutoCloseable {
        @Override
        public void close() {
            leave.run();
        }
    }

    /** Waits for room. */
    public Permit enter(String trust, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        Semaphore own = gates.compute(
                        trust,
                        (_, gate) -> gate == null
                                ? new Gate(new Semaphore(perTrust, true), 1)
                                : new Gate(gate.permits(), gate.users() + 1))
                .permits();
        boolean first = false;
        boolean second = false;
        try {
            first = own.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            second = first && all.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } finally {
            if (!second) {
                leave(trust, own, first);
            }
        }
        return second
                ? new Permit(true, () -> {
                    all.release();
                    leave(trust, own, true);
                })
                : new Permit(false, () -> {});
    }

    private void leave(String trust, Semaphore own, boolean held) {
        if (held) {
            own.release();
        }
        gates.computeIfPresent(
                trust, (_, gate) -> gate.users() == 1 ? null : new Gate(gate.permits(), gate.users() - 1));
    }
}
