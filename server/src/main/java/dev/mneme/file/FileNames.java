package dev.mneme.file;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Storable;
import java.util.function.Predicate;

/** Names of files (contract 06 §6.3). Pure. */
final class FileNames {
    /** Longest name, characters. */
    private static final int LONGEST = 255;

    /** Characters kept free for a number. */
    private static final int NUMBER = 6;

    private FileNames() {}

    /** The last part of an uploaded name, without what file systems forbid; 400 when nothing sensible is left. */
    static String plain(String uploaded) {
        String last = Storable.of(uploaded).replace('\\', '/');
        last = last.substring(last.lastIndexOf('/') + 1);
        StringBuilder kept = new StringBuilder();
        last.codePoints()
                .filter(c -> c >= ' ' && c != 0x7f && ":?<>|*\"".indexOf(c) < 0)
                .forEach(kept::appendCodePoint);
        String name = kept.toString().strip();
        String base = base(name);
        if (base.isEmpty() || base.startsWith(".")) {
            throw new Problem(
                    ProblemCode.INVALID_ARGUMENT,
                    "Invalid filename - derived file name " + (base.isEmpty() ? name : base)
                            + " cannot start with '.'");
        }
        return cut(base, LONGEST - ending(name).length()) + ending(name);
    }

    /** The name, or with the smallest free number: {@code base_(1).txt}. */
    static String free(String name, Predicate<String> taken) {
        if (!taken.test(name)) {
            return name;
        }
        String ending = ending(name);
        String base = cut(base(name), LONGEST - NUMBER - ending.length());
        for (int number = 1; ; number++) {
            String numbered = base + "_(" + number + ")" + ending;
            if (!taken.test(numbered)) {
                return numbered;
            }
        }
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, Math.max(1, most));
    }

    private static String ending(String name) {
        return name.substring(base(name).length());
    }

    private static String base(String name) {
        int dot = name.lastIndexOf('.');
        return dot <= 0 ? name : name.substring(0, dot);
    }
}
