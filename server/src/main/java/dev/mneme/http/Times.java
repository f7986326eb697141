package dev.mneme.http;

import dev.mneme.base.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Times in the spellings of the contract (03 §1, 01 §3, 03 §7). Pure. */
final class Times {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'+00:00'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

    private Times() {}

    /** Messages: whole seconds, {@code +00:00}. */
    static String seconds(long micros) {
        return SECONDS.format(Clock.instant(micros));
    }

    /** Everything else: six digits and {@code Z}. */
    static String zulu(long micros) {
        return MICROS.format(Clock.instant(micros)) + "Z";
    }

    static @Nullable String zuluOrNull(@Nullable Long micros) {
        return micros == null ? null : zulu(micros);
    }
}
