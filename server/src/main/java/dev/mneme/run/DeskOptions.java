package dev.mneme.run;

import java.time.Duration;

/**
 * Limits of the desk.
 *
 * @param waitingPerThread requests that may wait for one agent; one more is refused with 409
 * @param lease how long a lease lasts without a heartbeat: after it another server on the same database ends the run. Six heartbeats, so
 *     that neither a long pause of the JVM nor a database that is being restarted looks like death
 * @param keepRecords how long the records of a finished run can be replayed (contract 03 §9: 3 h)
 * @param drain how long a stopping server waits for turns to end by themselves
 * @param approvalExpiry how long a request for approval may wait before it is denied; zero: for ever
 */
public record DeskOptions(
        int waitingPerThread, Duration lease, Duration keepRecords, Duration drain, Duration approvalExpiry) {
    /** With approvals that wait for ever. */
    public DeskOptions(int waitingPerThread, Duration lease, Duration keepRecords, Duration drain) {
        this(waitingPerThread, lease, keepRecords, drain, Duration.ZERO);
    }

    public DeskOptions withApprovalExpiry(Duration patience) {
        return new DeskOptions(waitingPerThread, lease, keepRecords, drain, patience);
    }

    public static final DeskOptions DEFAULTS =
            new DeskOptions(32, Duration.ofSeconds(30), Duration.ofHours(3), Duration.ofSeconds(20));
}
