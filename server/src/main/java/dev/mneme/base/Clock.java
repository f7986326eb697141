package dev.mneme.base;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Time in microseconds since 1970 UTC. Thread-safe.
 *
 * <p>{@link #next} never repeats and never goes back within this process, so it orders rows and change marks.
 */
public final class Clock {
    private final LongSupplier source;
    private final AtomicLong last = new AtomicLong();

    public Clock(LongSupplier source) {
        this.source = source;
    }

    /** The machine's clock. */
    public static Clock system() {
        return new Clock(() -> {
            Instant now = Instant.now();
            return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
        });
    }

    /** Now, in microseconds. */
    public long now() {
        return source.getAsLong();
    }

    /** A time that is later than every earlier answer of this method, as near to now as that allows. */
    public long next() {
        long now = source.getAsLong();
        return last.updateAndGet(before -> Math.max(before + 1, now));
    }

    /** Makes later answers of {@link #next} greater than {@code micros}: called once with the newest mark in the database. */
    public void after(long micros) {
        last.accumulateAndGet(micros, Math::max);
    }

    /** Microseconds as an instant. */
    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
    }

    /** A length of time in microseconds, rounded down. */
    public static long micros(Duration time) {
        return time.toNanos() / 1_000;
    }

    /** An instant as microseconds. */
    public static long micros(Instant instant) {
        return instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000;
    }
}
