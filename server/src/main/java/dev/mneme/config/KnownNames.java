package dev.mneme.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Tells variables that mean something here from those that do not. */
final class KnownNames {
    /** More edits than this and a name is no longer taken for a slip of the other. */
    private static final int NEAR_EDITS = 6;

    private final Set<String> known = new TreeSet<>();

    KnownNames() {
        for (Setting setting : Setting.values()) {
            known.addAll(setting.variables());
        }
    }

    /** Refuses an unknown variable of ours; returns one warning for each unknown variable of the retired server. */
    List<String> check(Collection<String> names) {
        List<String> warnings = new ArrayList<>();
        for (String name : new TreeSet<>(names)) {
            String upper = name.toUpperCase(Locale.ROOT);
            if (known.contains(upper)) {
                continue;
            }
            if (upper.startsWith("MNEME_")) {
                String nearest = nearest(upper);
                throw new StartRefused("There is no setting " + name + ": "
                        + (nearest == null ? "" : "did you mean " + nearest + "? ")
                        + "Unset it, or see docs/gen/settings.md for all settings.");
            }
            if (upper.startsWith("LETTA_")) {
                warnings.add(name + " has no effect here (docs/gen/settings.md lists what has).");
            }
        }
        return warnings;
    }

    private @Nullable String nearest(String name) {
        String best = null;
        int least = NEAR_EDITS + 1;
        for (String candidate : known) {
            int edits = edits(name, candidate);
            if (edits < least) {
                least = edits;
                best = candidate;
            }
        }
        return best;
    }

    /** Levenshtein distance. */
    static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int above = row[j];
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? diagonal : diagonal + 1;
                row[j] = Math.min(cost, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
