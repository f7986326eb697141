package dev.mneme.config;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The values of all settings: a flag wins over the environment, which wins over the default. Empty values count as not set. */
final class Settings {
    private static final List<String> YES = List.of("true", "1", "yes", "on");
    private static final List<String> NO = List.of("false", "0", "no", "off");

    private final Map<Setting, String> flags;
    private final Map<String, String> environment;

    /** Names of variables count whatever their case, as on the retired server. */
    Settings(Map<Setting, String> flags, Map<String, String> environment) {
        this.flags = flags;
        this.environment = new TreeMap<>();
        environment.forEach((name, value) -> this.environment.put(name.toUpperCase(Locale.ROOT), value));
    }

    /** The value as given, or null if only the default is there. */
    @Nullable
    String given(Setting setting) {
        String flag = flags.get(setting);
        if (flag != null && !flag.isBlank()) {
            return flag.strip();
        }
        for (String name : setting.variables()) {
            String value = environment.get(name);
            if (value != null && !value.isBlank()) {
                return value.strip();
            }
        }
        return null;
    }

    /** The value or its default; null if there is neither. */
    @Nullable
    String text(Setting setting) {
        String given = given(setting);
        if (given != null) {
            return given;
        }
        return setting.fallback().isEmpty() ? null : setting.fallback();
    }

    @Nullable
    Secret secret(Setting setting) {
        String text = text(setting);
        return text == null ? null : new Secret(text);
    }

    boolean on(Setting setting) {
        String text = String.valueOf(text(setting)).toLowerCase(Locale.ROOT);
        if (YES.contains(text)) {
            return true;
        }
        if (NO.contains(text)) {
            return false;
        }
        throw new StartRefused(spelling(setting) + "=" + text + " is neither true nor false: write one of them.");
    }

    int number(Setting setting, int from, int to) {
        String text = String.valueOf(text(setting));
        try {
            int number = Integer.parseInt(text);
            if (number >= from && number <= to) {
                return number;
            }
        } catch (NumberFormatException e) {
            // falls through to the one refusal that names the range
        }
        throw new StartRefused(
                spelling(setting) + "=" + text + " must be a whole number from " + from + " to " + to + ".");
    }

    /** A JSON list of texts or a comma list; null if not set. */
    @Nullable
    List<String> list(Setting setting) {
        String text = given(setting);
        if (text == null) {
            return null;
        }
        String inner = text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
        return Stream.of(inner.split(",", -1))
                .map(String::strip)
                .map(item -> item.length() > 1 && item.startsWith("\"") && item.endsWith("\"")
                        ? item.substring(1, item.length() - 1)
                        : item)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    /** How the user wrote the setting: the flag if it came by flag, else the variable. */
    String spelling(Setting setting) {
        return flags.get(setting) != null && setting.flag() != null ? setting.flag() : setting.variable();
    }
}
