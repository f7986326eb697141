package dev.mneme.tool.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Sets of packages that could not be installed a moment ago, each by its name. Thread-safe; one set is tried by one thread at a time. */
final class FailedSets {
    /** A failed set is not tried again before that: models call again at once. */
    private static final Duration FAILURE_STANDS = Duration.ofMinutes(1);

    private final Map<String, Failure> failures = new ConcurrentHashMap<>();

    private record Failure(String why, Instant at) {}

    /** What installs a set. */
    @FunctionalInterface
    interface Install {
        void run() throws RequirementFailed;
    }

    /** Why the set is not tried again yet; null: it may be. */
    @Nullable
    String standing(String name) {
        Failure last = failures.get(name);
        return last != null && last.at().plus(FAILURE_STANDS).isAfter(Instant.now()) ? last.why() : null;
    }

    /** Installs the set, or fails again as it did a moment ago. */
    void trying(String name, Install install) throws RequirementFailed {
        String failure = standing(name);
        if (failure != null) {
            throw new RequirementFailed(failure);
        }
        try {
            install.run();
            failures.remove(name);
        } catch (RequirementFailed e) {
            failures.put(name, new Failure(String.valueOf(e.getMessage()), Instant.now()));
            throw e;
        }
    }
}
