package dev.mneme.run;

import java.time.Duration;
import java.util.List;

/**
 * How callbacks are sent.
 *
 * @param key signs them; the receiver must know it to check
 * @param pauses before the second try and each further one; after the last try it is given up
 * @param poll how often the database is asked for due ones; fresh ones do not wait for that
 */
public record CallbackOptions(String key, List<Duration> pauses, Duration poll) {
    /** The usual pace: six tries within a good hour. */
    public static CallbackOptions usual(String key) {
        return new CallbackOptions(
                key,
                List.of(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(2),
                        Duration.ofMinutes(10),
                        Duration.ofHours(1)),
                Duration.ofSeconds(5));
    }
}
