package dev.mneme.run;

import dev.mneme.base.Problem;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When something recurs, in the five fields of cron: minute, hour, day of the month, month, day of the week. Immutable.
 *
 * <p>Lists, ranges, steps, English short names of months and days, 7 for Sunday, {@code ?} for {@code *} and the usual {@code @} words. When
 * both kinds of day are restricted, either is enough, as in every cron. A time that a clock change leaves out comes when the clock has
 * changed; one that a clock change repeats comes once, unless every hour is meant.
 */
public final class Cron {
    /** Years that are looked ahead: 29 February comes after eight at most. */
    private static final int HORIZON = 9;

    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final Map<String, String> WORDS = Map.of(
            "@hourly", "0 * * * *",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@weekly", "0 0 * * 0",
            "@monthly", "0 0 1 * *",
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *");

    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet days;
    private final BitSet months;
    private final BitSet weekdays;
    private final boolean everyHour;
    private final boolean eitherDay;

    private Cron(String[] fields) {
        minutes = field("minute", fields[0], 0, 59, List.of());
        hours = field("hour", fields[1], 0, 23, List.of());
        days = field("day of the month", fields[2], 1, 31, List.of());
        months = field("month", fields[3], 1, 12, MONTHS);
        weekdays = field("day of the week", fields[4], 0, 7, DAYS);
        if (weekdays.get(7)) {
            weekdays.set(0);
        }
        everyHour = hours.cardinality() == 24;
        eitherDay = !open(fields[2]) && !open(fields[4]);
    }

    private static boolean open(String field) {
        return field.startsWith("*") || field.startsWith("?");
    }

    /** Reads an expression; 422 with what is wrong in it. */
    public static Cron of(String expression) {
        String text = expression.strip().toLowerCase(Locale.ROOT);
        String[] fields = WORDS.getOrDefault(text, text).split("\\s+");
        if (fields.length != 5) {
            throw refused(
                    expression,
                    "five fields are needed (minute, hour, day of the month, month, day of the week), not "
                            + fields.length);
        }
        Cron cron = new Cron(fields);
        if (cron.next(Instant.EPOCH, ZoneId.of("UTC")) == null) {
            throw refused(expression, "no such day ever comes");
        }
        return cron;
    }

    private static Problem refused(String text, String why) {
        return Problem.unprocessable("cron_expression '" + text + "': " + why + ".");
    }

    private static BitSet field(String name, String text, int least, int most, List<String> words) {
        BitSet out = new BitSet();
        for (String part : text.split(",", -1)) {
            String[] halves = part.split("/", -1);
            int step = halves.length == 1 ? 1 : number(name, halves[1], 1, most, List.of());
            String range = halves[0];
            int from = least;
            int to = most == 7 ? 6 : most;
            if (halves.length > 2) {
                throw refused(text, "a part of the " + name + " has at most one step");
            }
            if (!range.equals("*") && !range.equals("?")) {
                String[] ends = range.split("-", -1);
                from = number(name, ends[0], least, most, words);
                to = ends.length > 1 ? number(name, ends[1], least, most, words) : halves.length > 1 ? to : from;
                if (ends.length > 2 || to < from) {
                    throw refused(text, "a range of the " + name + " goes from the smaller to the greater number");
                }
            }
            for (int value = from; value <= to; value += step) {
                out.set(value);
            }
        }
        return out;
    }

    private static int number(String name, String text, int least, int most, List<String> words) {
        int word = words.indexOf(text);
        if (word >= 0) {
            return word + least;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw refused(text, "the " + name + " is a number from " + least + " to " + most);
    }

    /** The first time after this one; null when none comes. */
    public @Nullable Instant next(Instant after, ZoneId zone) {
        Instant found = ordinary(after, zone);
        Instant end = found == null ? after : found;
        ZoneOffsetTransition change = zone.getRules().nextTransition(after);
        while (change != null && change.getInstant().isBefore(end)) {
            if (change.isGap() && fallsInto(change)) {
                return change.getInstant();
            }
            change = zone.getRules().nextTransition(change.getInstant());
        }
        return found;
    }

    /** Whether a time of a certain hour is one that the clock jumps over. */
    private boolean fallsInto(ZoneOffsetTransition gap) {
        if (everyHour) {
            return false;
        }
        LocalDateTime time = gap.getDateTimeBefore();
        while (time.isBefore(gap.getDateTimeAfter())) {
            if (fits(time)) {
                return true;
            }
            time = time.plusMinutes(1);
        }
        return false;
    }

    private @Nullable Instant ordinary(Instant after, ZoneId zone) {
        ZonedDateTime time = after.atZone(zone).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        ZonedDateTime end = time.plusYears(HORIZON);
        while (time.isBefore(end)) {
            if (!months.get(time.getMonthValue())) {
                time = time.toLocalDate().withDayOfMonth(1).plusMonths(1).atStartOfDay(zone);
            } else if (!day(time.toLocalDateTime())) {
                time = time.toLocalDate().plusDays(1).atStartOfDay(zone);
            } else if (!hours.get(time.getHour())) {
                time = time.plusMinutes(60L - time.getMinute());
            } else if (!minutes.get(time.getMinute()) || repeated(time)) {
                time = time.plusMinutes(1);
            } else {
                return time.toInstant();
            }
        }
        return null;
    }

    /** The second time that the clock shows this, and not every hour is meant. */
    private boolean repeated(ZonedDateTime time) {
        return !everyHour && !time.withEarlierOffsetAtOverlap().isEqual(time);
    }

    private boolean fits(LocalDateTime time) {
        return months.get(time.getMonthValue())
                && day(time)
                && hours.get(time.getHour())
                && minutes.get(time.getMinute());
    }

    private boolean day(LocalDateTime time) {
        boolean ofMonth = days.get(time.getDayOfMonth());
        boolean ofWeek = weekdays.get(time.getDayOfWeek().getValue() % 7);
        return eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek;
    }
}
