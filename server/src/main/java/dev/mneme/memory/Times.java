package dev.mneme.memory;

import dev.mneme.base.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.OptionalLong;

/** Times as models and clients read them, in the agent's zone. Pure. */
public final class Times {
    private static final DateTimeFormatter SPOKEN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd hh:mm:ss a zzzxx", Locale.US);
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT);

    // The region, not the offset: only a region has the abbreviation UTC.
    private static final ZoneId UTC = ZoneId.of("UTC");

    private Times() {}

    /** The zone of an agent. It is not checked when an agent is made, so an unknown one counts as UTC. */
    public static ZoneId zone(String timezone) {
        try {
            ZoneId zone = ZoneId.of(timezone);
            return zone.equals(ZoneOffset.UTC) ? UTC : zone;
        } catch (DateTimeException e) {
            return UTC; // a wrong zone must not make an agent unusable
        }
    }

    /** As in {@code 2026-01-05 10:00:00 AM UTC+0000} (contract 02 §3). */
    public static String spoken(long micros, ZoneId zone) {
        return SPOKEN.format(at(micros, zone));
    }

    /** As in {@code 2026-01-05T11:00:00.000001+01:00}; the fraction only when there is one. */
    public static String iso(long micros, ZoneId zone) {
        ZonedDateTime at = at(micros, zone);
        int fraction = Math.floorMod(micros, 1_000_000);
        String offset = at.getOffset().equals(ZoneOffset.UTC)
                ? "+00:00"
                : at.getOffset().getId();
        return SECONDS.format(at) + (fraction == 0 ? "" : String.format(Locale.ROOT, ".%06d", fraction)) + offset;
    }

    /** How long ago, in the largest unit that fits: {@code 14s ago}, {@code 3m ago}, {@code 5h ago}, {@code 2d ago}. */
    public static String ago(long micros, long now) {
        long seconds = Math.max(0, (now - micros) / 1_000_000);
        if (seconds < 60) {
            return seconds + "s ago";
        }
        if (seconds < 3_600) {
            return seconds / 60 + "m ago";
        }
        return seconds < 86_400 ? seconds / 3_600 + "h ago" : seconds / 86_400 + "d ago";
    }

    /**
     * A moment in ISO 8601, in microseconds. A date alone is its first moment, or with end its last; a time without offset is in the zone.
     * Empty: the text is none.
     */
    public static OptionalLong moment(String text, ZoneId zone, boolean end) {
        String iso = text.strip().replace(' ', 'T');
        try {
            if (iso.indexOf('T') < 0) {
                LocalDate day = LocalDate.parse(iso);
                return OptionalLong.of(
                        end
                                ? Clock.micros(day.plusDays(1)
                                                .atStartOfDay(zone)
                                                .toInstant())
                                        - 1
                                : Clock.micros(day.atStartOfDay(zone).toInstant()));
            }
            TemporalAccessor parsed =
                    DateTimeFormatter.ISO_DATE_TIME.parseBest(iso, OffsetDateTime::from, LocalDateTime::from);
            Instant instant = parsed instanceof OffsetDateTime offset
                    ? offset.toInstant()
                    : LocalDateTime.from(parsed).atZone(zone).toInstant();
            return OptionalLong.of(Clock.micros(instant));
        } catch (DateTimeException e) {
            return OptionalLong.empty(); // not a time: the caller names the argument
        }
    }

    private static ZonedDateTime at(long micros, ZoneId zone) {
        return Clock.instant(micros).atZone(zone);
    }
}
