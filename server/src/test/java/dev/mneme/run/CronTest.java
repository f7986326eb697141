package dev.mneme.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Problem;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * * *       | UTC           | 2026-03-01T10:00:30Z | 2026-03-01T10:01:00Z",
                "*/15 * * * *    | UTC           | 2026-03-01T10:46:00Z | 2026-03-01T11:00:00Z",
                "0 9 * * mon-fri | Europe/Berlin | 2026-03-06T09:00:00Z | 2026-03-09T08:00:00Z",
                "0 9 * * *       | UTC           | 2026-03-01T09:00:00Z | 2026-03-02T09:00:00Z",
                "5,10-12 0 1 * * | UTC           | 2026-03-01T00:10:00Z | 2026-03-01T00:11:00Z",
                "0 0 1 jan *     | UTC           | 2026-03-01T00:00:00Z | 2027-01-01T00:00:00Z",
                "0 0 29 2 *      | UTC           | 2026-03-01T00:00:00Z | 2028-02-29T00:00:00Z",
                "0 12 13 * 5     | UTC           | 2026-03-01T00:00:00Z | 2026-03-06T12:00:00Z",
                "0 12 */2 * 5    | UTC           | 2026-03-01T00:00:00Z | 2026-03-13T12:00:00Z",
                "0 0 * * 7       | UTC           | 2026-03-02T00:00:00Z | 2026-03-08T00:00:00Z",
                "0 0 ? * SUN     | UTC           | 2026-03-02T00:00:00Z | 2026-03-08T00:00:00Z",
                "30/10 4 * * *   | UTC           | 2026-03-02T04:41:00Z | 2026-03-02T04:50:00Z",
                "@daily          | Asia/Kolkata  | 2026-03-02T00:00:00Z | 2026-03-02T18:30:00Z",
                // The clock goes from 2 to 3: half past two comes at three, each five minutes goes on.
                "30 2 * * *      | Europe/Berlin | 2026-03-29T00:00:00Z | 2026-03-29T01:00:00Z",
                "30 2 * * *      | Europe/Berlin | 2026-03-29T01:00:00Z | 2026-03-30T00:30:00Z",
                "*/5 * * * *     | Europe/Berlin | 2026-03-29T00:55:00Z | 2026-03-29T01:00:00Z",
                // The clock goes from 3 back to 2: half past two comes once, each half hour twice.
                "30 2 * * *      | Europe/Berlin | 2026-10-25T00:00:00Z | 2026-10-25T00:30:00Z",
                "30 2 * * *      | Europe/Berlin | 2026-10-25T00:30:00Z | 2026-10-26T01:30:00Z",
                "30 * * * *      | Europe/Berlin | 2026-10-25T00:30:00Z | 2026-10-25T01:30:00Z",
            })
    void next(String expression, String zone, String after, String expected) {
        assertThat(Cron.of(expression).next(Instant.parse(after), ZoneId.of(zone)))
                .isEqualTo(Instant.parse(expected));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* * * *        | five fields",
                "60 * * * *     | minute",
                "* 24 * * *     | hour",
                "* * 0 * *      | day of the month",
                "* * * foo *    | month",
                "* * * * 8      | day of the week",
                "5-1 * * * *    | smaller",
                "*/0 * * * *    | minute",
                "1/2/3 * * * *  | one step",
                "0 0 31 2 *     | ever comes",
                "'a , b * * *'  | minute",
            })
    void refused(String expression, String why) {
        assertThatThrownBy(() -> Cron.of(expression))
                .isInstanceOfSatisfying(
                        Problem.class, problem -> assertThat(problem.detail()).contains(why));
    }

    @Test
    void aYearOfMinutesIsQuick() {
        Cron rare = Cron.of("59 23 31 12 *");
        assertThat(rare.next(Instant.parse("2026-01-01T05:00:00Z"), ZoneId.of("America/New_York")))
                .isEqualTo(Instant.parse("2027-01-01T04:59:00Z"));
    }
}
