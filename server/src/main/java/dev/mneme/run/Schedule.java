package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Clock;
import dev.mneme.base.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * A message that is sent to an agent later, once or again and again (decision 0023).
 *
 * @param message as its caller wrote it
 * @param nextAt when it is due, null when it will not be sent again; microseconds since 1970 UTC, likewise the other times
 * @param runId the run of the last time it was sent, null before that
 * @param error why it could not be sent the last time
 */
public record Schedule(
        String id,
        String agentId,
        JsonNode message,
        When when,
        @Nullable Long nextAt,
        @Nullable String runId,
        @Nullable Long ranAt,
        @Nullable String error,
        long createdAt) {
    /** When it is to be sent: at one time (cron is null), or whenever cron says so in the zone (scheduledAt is null). */
    public record When(@Nullable Long scheduledAt, @Nullable String cron, ZoneId zone) {
        public static When once(long micros) {
            return new When(micros, null, ZoneId.of("UTC"));
        }

        /** 422 when the expression or the zone is none. */
        public static When recurring(String cron, @Nullable String zone) {
            Cron.of(cron);
            try {
                return new When(null, cron, ZoneId.of(zone == null ? "UTC" : zone));
            } catch (DateTimeException e) {
                throw Problem.unprocessable(
                        "Unknown timezone '" + zone + "': use a name such as Europe/Berlin, or UTC.");
            }
        }

        /** The first time after this one; null: none. */
        @Nullable
        Long next(long micros) {
            if (cron == null) {
                return scheduledAt;
            }
            Instant next = Cron.of(cron).next(Clock.instant(micros), zone);
            return next == null ? null : Clock.micros(next);
        }
    }
}
