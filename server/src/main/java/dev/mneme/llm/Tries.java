package dev.mneme.llm;

import java.net.ConnectException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a call is made again, and waits before it is: exponential pauses with full jitter, or what the provider asked for.
 * Thread-safe; what a run has spent is in its {@link Patience}.
 */
final class Tries {
    private static final Logger LOG = LoggerFactory.getLogger(Tries.class);

    /** Milliseconds, the most that the first pause can be; each further one can be twice as long. */
    static final long FIRST_PAUSE = 500;

    /** Milliseconds; a provider that asks for a longer wait is asked again after this time. */
    static final long LONGEST_PAUSE = 20_000;

    /** Tries after the first where nobody listens at all: a server that is not there will not appear in seconds. */
    static final int MOST_UNREACHABLE = 2;

    /** Milliseconds between looks at whether the run was cancelled. */
    private static final long LOOK = 50;

    private final RetryLimits limits;
    private final ProviderHttp.Pause pause;

    Tries(RetryLimits limits, ProviderHttp.Pause pause) {
        this.limits = limits;
        this.pause = pause;
    }

    /** The result of the first try that works; the failure of the last one. */
    <T> T of(Endpoint at, String model, Patience patience, Supplier<T> work) {
        for (int attempt = 0; ; attempt++) {
            try {
                return work.get();
            } catch (ModelException e) {
                again(at, model, patience, attempt, e);
            }
        }
    }

    /** Waits for the next try, or throws the failure when there is none. attempt: how many further tries this call has had. */
    void again(Endpoint at, String model, Patience patience, int attempt, ModelException e) {
        boolean nobody = e.getCause() instanceof ConnectException;
        long wait = e.after() >= 0 ? Math.min(e.after(), LONGEST_PAUSE) : jittered(attempt);
        if (!e.mayPass()
                || patience.stopped()
                || !patience.has(limits, wait)
                || nobody && attempt >= MOST_UNREACHABLE) {
            throw e;
        }
        LOG.warn("{}: trying again in {} ms: {}", at.display(), wait, e.detail());
        patience.spend(new Retry(model, e.detail(), wait, null));
        if (!waited(at, patience, wait)) {
            throw e;
        }
    }

    /** Between nothing and the whole pause, so that many callers do not come back at once. */
    private static long jittered(int attempt) {
        long whole = Math.min(LONGEST_PAUSE, FIRST_PAUSE << Math.min(attempt, 16));
        return ThreadLocalRandom.current().nextLong(whole + 1);
    }

    /** False when the run was cancelled meanwhile. */
    private boolean waited(Endpoint at, Patience patience, long millis) {
        try {
            if (pause != ProviderHttp.Pause.REAL) {
                pause.millis(millis);
                return !patience.stopped();
            }
            long end = System.nanoTime() + millis * 1_000_000;
            long left = millis;
            while (left > 0 && !patience.stopped()) {
                pause.millis(Math.min(LOOK, left));
                left = (end - System.nanoTime()) / 1_000_000;
            }
            return !patience.stopped();
        } catch (InterruptedException e) {
            throw Failures.interrupted(at, e);
        }
    }
}
