package dev.mneme.store;

import java.util.Locale;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Text on its way into the database and into its conditions. Pure. */
public final class Texts {
    private Texts() {}

    /**
     * Substring without regard to case; null or empty: every row. SQLite folds only ASCII, so other scripts are tried in their usual
     * spellings.
     */
    public static Condition contains(Field<String> field, @Nullable String needle) {
        if (needle == null || needle.isEmpty()) {
            return DSL.noCondition();
        }
        Condition found = field.containsIgnoreCase(needle);
        if (needle.codePoints().anyMatch(c -> c > 127)) {
            String lower = needle.toLowerCase(Locale.ROOT);
            int first = lower.offsetByCodePoints(0, 1);
            found = found.or(field.contains(lower))
                    .or(field.contains(needle.toUpperCase(Locale.ROOT)))
                    .or(field.contains(lower.substring(0, first).toUpperCase(Locale.ROOT) + lower.substring(first)));
        }
        return found;
    }

    /** Text without NUL, which PostgreSQL cannot store and nobody means. */
    public static String clean(String text) {
        return text.indexOf('\0') < 0 ? text : text.replace("\0", "");
    }

    public static @Nullable String cleanOrNull(@Nullable String text) {
        return text == null ? null : clean(text);
    }
}
