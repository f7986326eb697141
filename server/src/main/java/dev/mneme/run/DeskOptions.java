package dev.mneme.run;

import java.time.Duration;

/**
 * Limits of the desk.
 *
 * @param waitingPerThread requests that may wait for one agent; one more is refused with 409
 * @param lease how long a lease lasts without a heartbeat
 * @param keepRecords how long the records of a finished run can be replayed (contract 03 §9: 3 h)
 * @param drain how long a stopping server waits for turns to end by themselves
 */
public record DeskOptions(int waitingPerThread, Duration lease, Duration keepRecords, Duration drain) {
    public static final DeskOptions DEFAULTS =
            new DeskOptions(32, Duration.ofSeconds(60), Duration.ofHours(3), Duration.ofSeconds(20));
}
