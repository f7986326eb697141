package dev.mneme.sim;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** What happens in one simulated run, drawn from its seed. Each part has its own stream, so that one does not shift another. Thread-safe. */
final class Fate {
    private final RandomGenerator random;

    Fate(long seed, String part) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 1_000_003L + part.hashCode());
    }

    /** Whether something happens that does so in so many of a hundred cases. */
    synchronized boolean percent(int chance) {
        return random.nextInt(100) < chance;
    }

    /** A number from {@code least} to {@code most}, both possible. */
    synchronized int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    synchronized <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
