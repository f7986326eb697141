package dev.mneme;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the heap near what is in use. The serial collector takes new memory from the system for its old generation, up to a quarter of
 * the machine's, before it collects it once; here it collects when that generation has grown by half since the last time. Other collectors are
 * left alone.
 */
final class HeapBound implements AutoCloseable {
    /** Bytes in the old generation below which nothing is done. A collection of so little takes about 0.1 s. */
    private static final long LEAST = 128L << 20;

    /** How much more than what stayed after the last collection there may be. */
    private static final double GROWTH = 1.5;

    private static final String OLD_GENERATION_OF_SERIAL = "Tenured Gen";

    private final @Nullable MemoryPoolMXBean pool;
    private final NotificationListener listener = this::exceeded;

    HeapBound() {
        this.pool = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(each -> each.getName().equals(OLD_GENERATION_OF_SERIAL) && each.isUsageThresholdSupported())
                .findFirst()
                .orElse(null);
        if (pool != null) {
            bound(pool);
            emitter().addNotificationListener(listener, null, null);
        }
    }

    private static NotificationEmitter emitter() {
        return (NotificationEmitter) ManagementFactory.getMemoryMXBean();
    }

    private void exceeded(Notification notification, @Nullable Object ignored) {
        if (pool != null && notification.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED)) {
            System.gc();
            bound(pool);
        }
    }

    private static void bound(MemoryPoolMXBean pool) {
        long wanted = Math.max(LEAST, (long) (GROWTH * pool.getUsage().getUsed()));
        long most = pool.getUsage().getMax();
        pool.setUsageThreshold(most < 0 ? wanted : Math.min(most, wanted));
    }

    @Override
    public void close() throws ListenerNotFoundException {
        if (pool != null) {
            emitter().removeNotificationListener(listener);
        }
    }
}
