package dev.mneme.llm;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * What one run has spent on tries that failed, and whom to tell of the next. Confined to the run's thread.
 *
 * <p>The limits are the server's; they hold for all model calls of the run together.
 */
public final class Patience {
    private final BooleanSupplier stopped;
    private final Consumer<Retry> told;
    private int attempts;
    private long millis;

    /**
     * @param stopped whether nobody wants the answer any more: ends a wait at once
     * @param told is told of each further try before its wait
     */
    public Patience(BooleanSupplier stopped, Consumer<Retry> told) {
        this.stopped = stopped;
        this.told = told;
    }

    /** For a call outside any run: told to nobody, never stopped. */
    public static Patience alone() {
        return new Patience(() -> false, retry -> {});
    }

    public boolean stopped() {
        return stopped.getAsBoolean();
    }

    boolean has(RetryLimits limits, long wait) {
        return attempts < limits.attempts() && millis + wait <= limits.seconds() * 1_000L;
    }

    void spend(Retry retry) {
        attempts++;
        millis += retry.waitMillis();
        told.accept(retry);
    }

    /** Of a change to another model, which costs nothing. */
    void tell(Retry retry) {
        told.accept(retry);
    }
}
