package dev.mneme.llm;

/**
 * How long one run may go on asking a provider that is busy or broken, over all its model calls.
 *
 * @param attempts tries after first ones
 * @param seconds of waiting between tries
 */
public record RetryLimits(int attempts, int seconds) {
    /** Enough for a provider's short overload, few enough that an outage is told while somebody still waits. */
    public static final int DEFAULT_ATTEMPTS = 5;

    /** The official clients give up a blocking request after this time. */
    public static final int DEFAULT_SECONDS = 60;

    public static final RetryLimits DEFAULT = new RetryLimits(DEFAULT_ATTEMPTS, DEFAULT_SECONDS);
}
